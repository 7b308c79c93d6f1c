"""An epoch of a classifier's matrix products, and nothing else, in NumPy: what no training avoids.

A convolution is the product of its patches with its kernel; the patches are there already. Of each
layer: forward, the gradient of its weights, and that of what is below it, but for the pixels.
Float32, results written over the last ones, threads as NumPy's library chooses them.
"""

from __future__ import annotations

import argparse
import json
import math
import time

import numpy as np

from benchmarks.classifier_network import NETWORKS, config_of
from benchmarks.measuring import peak_megabytes
from vae.architecture import classifier_layers
from vae.layers import Layer

__all__ = ["Products", "shapes_of"]

IMAGES = 60_000
SHAPE, CLASSES = (28, 28, 1), 10


def shapes_of(layers: list[Layer], batch: int) -> list[tuple[int, int, int]]:
    """Return rows, inputs and outputs of the product that each layer with weights is."""
    shapes = []
    for layer in layers:
        if layer.parameters:
            outputs = layer.output_shape[-1]
            positions = math.prod(layer.output_shape[:-1])
            shapes.append((batch * positions, layer.parameters // outputs - 1, outputs))
    return shapes


class Products:
    """The products of a step on numbers sampled once."""

    def __init__(self, shapes: list[tuple[int, int, int]]) -> None:
        def numbers(*shape: int) -> np.ndarray:
            return np.random.default_rng(0).normal(size=shape).astype(np.float32)

        self.pairs: list[tuple[np.ndarray, np.ndarray]] = []
        for index, (rows, inputs, outputs) in enumerate(shapes):
            below, kernel = numbers(rows, inputs), numbers(inputs, outputs)
            gradient = numbers(rows, outputs)
            self.pairs += [(below, kernel), (below.T, gradient)]
            if index:  # nobody needs the gradient of the pixels
                self.pairs.append((gradient, kernel.T))
        self.outputs = [
            np.empty((len(left), right.shape[1]), np.float32) for left, right in self.pairs
        ]

    @property
    def multiplications(self) -> int:
        """Those of one step."""
        return sum(left.size * right.shape[1] for left, right in self.pairs)

    def step(self) -> None:
        """Compute all."""
        for (left, right), output in zip(self.pairs, self.outputs, strict=True):
            np.matmul(left, right, out=output)


def main() -> None:
    """Compute some epochs' products and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=NETWORKS, default="dense")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    config = config_of(arguments.network, arguments.batch, arguments.epochs)
    layers = classifier_layers(config, SHAPE, CLASSES)
    products, seconds = Products(shapes_of(layers, arguments.batch)), []
    steps = IMAGES // arguments.batch
    for _ in range(arguments.epochs):
        start = time.perf_counter()
        for _ in range(steps):
            products.step()
        seconds.append(time.perf_counter() - start)
    result = {
        "epoch_seconds": seconds,
        "multiplications": products.multiplications * steps,
        "peak_megabytes": peak_megabytes(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
