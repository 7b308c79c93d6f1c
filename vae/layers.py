"""The Keras layers that networks are made of, as plain data. Shapes are without the batch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "ImageShape",
    "Layer",
    "convolution",
    "dense",
    "flatten",
    "hidden_layers",
    "reshape",
    "transposed_convolution",
]

ImageShape = tuple[int, int, int]


@dataclass(frozen=True)
class Layer:
    """One Keras layer: its class, name and arguments, and what it costs.

    `multiplications` counts those of one image's forward pass.
    """

    class_name: str
    name: str
    output_shape: tuple[int, ...]
    parameters: int = 0
    multiplications: int = 0
    arguments: dict[str, Any] = field(default_factory=dict)


def hidden_layers(width: int, sizes: tuple[int, ...], activation: str) -> list[Layer]:
    """List dense layers of these sizes on an input of so many numbers."""
    widths = (width, *sizes)
    return [
        dense(f"hidden_{stage}", widths[stage - 1], units, activation)
        for stage, units in enumerate(sizes, start=1)
    ]


def dense(name: str, width: int, units: int, activation: str | None = None) -> Layer:
    """Describe a dense layer of so many units on an input of `width` numbers."""
    arguments = {"units": units, "activation": activation}
    return Layer("Dense", name, (units,), (width + 1) * units, width * units, arguments)


def flatten(shape: tuple[int, ...]) -> Layer:
    """Describe what makes one list of numbers of a shape."""
    return Layer("Flatten", "flatten", (math.prod(shape),))


def reshape(name: str, shape: ImageShape) -> Layer:
    """Describe what gives a list of numbers the shape of an image."""
    return Layer("Reshape", name, shape, arguments={"target_shape": shape})


def convolution(name: str, shape: tuple[int, ...], filters: int, activation: str) -> Layer:
    """Describe a convolution that halves height and width, rounded up, of an input (H, W, C)."""
    height, width, channels = shape
    kernel = 3
    output = (math.ceil(height / 2), math.ceil(width / 2), filters)
    weights = kernel * kernel * channels * filters
    return Layer(
        "Conv2D",
        name,
        output,
        weights + filters,
        weights * output[0] * output[1],
        _strided(filters, kernel, activation),
    )


def transposed_convolution(
    name: str, shape: tuple[int, ...], filters: int, activation: str | None
) -> Layer:
    """Describe a transposed convolution that doubles height and width of an input (H, W, C)."""
    height, width, channels = shape
    kernel = 4  # a multiple of the stride, or the image shows a checkerboard (Odena et al. 2016)
    weights = kernel * kernel * channels * filters
    return Layer(
        "Conv2DTranspose",
        name,
        (2 * height, 2 * width, filters),
        weights + filters,
        weights * height * width,
        _strided(filters, kernel, activation),
    )


def _strided(filters: int, kernel: int, activation: str | None) -> dict[str, Any]:
    return {
        "filters": filters,
        "kernel_size": kernel,
        "strides": 2,
        "padding": "same",
        "activation": activation,
    }
