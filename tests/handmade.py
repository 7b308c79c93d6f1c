"""Runs whose decoders have random weights, written as ONNX node by node: without TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from vae.architecture import decoder_layers
from vae.config import Config
from vae.data.datasets import Dataset
from vae.layers import Layer
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter

TEST_IMAGES = 40
# What ONNX calls them. Keras exports silu as x * sigmoid(x), and leaky_relu with a slope of 0.2.
ONE_NODE: dict[str, tuple[str, dict[str, float]]] = {
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": 0.2}),
    "elu": ("Elu", {"alpha": 1.0}),
    "tanh": ("Tanh", {}),
    "sigmoid": ("Sigmoid", {}),
}


def make_run(
    path: Path,
    config: Config,
    image_shape: tuple[int, int, int],
    class_names: tuple[str, ...] = ("one", "other"),
) -> Run:
    """Make a finished run with latent means of 40 test images, in the classes in turn."""
    generator = np.random.default_rng(config.seed)
    images = np.zeros((TEST_IMAGES, *image_shape), np.uint8)
    y = np.arange(TEST_IMAGES, dtype=np.uint8) % len(class_names)
    dataset = Dataset("handmade", "Handmade", images, y, images, y, class_names, "drawn")
    writer = RunWriter.create(path, config, dataset)
    writer.status(state="finished", epoch=config.epochs)
    mean = generator.normal(size=(TEST_IMAGES, config.latent_dim)).astype(np.float32)
    np.savez(path / "latents.npz", mean=mean, log_var=np.full_like(mean, -2.0), y=y)
    decoder = random_decoder(config, image_shape, generator, len(class_names))
    onnx.save(decoder, path / "decoder.onnx")
    (path / "encoder.onnx").touch()
    return open_run(path)


def random_decoder(
    config: Config,
    image_shape: tuple[int, int, int],
    generator: np.random.Generator,
    classes: int = 0,
) -> onnx.ModelProto:
    """Return a decoder z (N, d) -> image (N, H, W, C) as `decoder_layers` describes it."""
    graph = _Graph(generator)
    layers = decoder_layers(config, image_shape, classes)
    for layer in layers[1:]:
        getattr(graph, f"add_{layer.class_name.lower()}")(layer)
        graph.bend(layer.arguments.get("activation"))
    inputs = [
        helper.make_tensor_value_info(layer.name, TensorProto.FLOAT, ["N", *layer.output_shape])
        for layer in layers
        if layer.class_name == "InputLayer"
    ]
    outputs = helper.make_tensor_value_info(graph.last, TensorProto.FLOAT, ["N", *image_shape])
    made = helper.make_graph(graph.nodes, "decoder", inputs, [outputs], graph.arrays)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


class _Graph:
    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: list[onnx.TensorProto] = []
        self.last = "z"
        self.inputs = 0

    def node(self, kind: str, *arrays: np.ndarray, first: str = "", **attributes: Any) -> None:
        """Add a node that takes what the one before gave, and constants."""
        names = [first or self.last]
        for array in arrays:
            names.append(f"array{len(self.arrays)}")
            self.arrays.append(numpy_helper.from_array(array, names[-1]))
        output = f"node{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, names, [output], **attributes))
        self.last = output

    def draw(self, *shape: int) -> np.ndarray:
        return self.generator.normal(scale=0.6, size=shape).astype(np.float32)

    def bend(self, activation: str | None) -> None:
        if activation == "silu":
            before = self.last
            self.node("Sigmoid")
            self.nodes.append(helper.make_node("Mul", [before, self.last], [f"{before}_silu"]))
            self.last = f"{before}_silu"
        elif activation:
            kind, attributes = ONE_NODE[activation]
            self.node(kind, **attributes)

    def add_inputlayer(self, layer: Layer) -> None:
        """Add nothing: the label joins in `add_concatenate`."""

    def add_concatenate(self, layer: Layer) -> None:
        names = [self.last, "label"]
        self.nodes.append(helper.make_node("Concat", names, [layer.name], axis=-1))
        self.last = layer.name

    def add_dense(self, layer: Layer) -> None:
        units = layer.output_shape[0]
        self.node("MatMul", self.draw(layer.parameters // units - 1, units))
        self.node("Add", self.draw(units))

    def add_reshape(self, layer: Layer) -> None:
        self.node("Reshape", np.array([-1, *layer.output_shape], np.int64))
        self.inputs = layer.output_shape[2]

    def add_conv2dtranspose(self, layer: Layer) -> None:
        filters = layer.output_shape[2]
        size, strides = layer.arguments["kernel_size"], layer.arguments["strides"]
        self.node("Transpose", perm=[0, 3, 1, 2])
        self.node(
            "ConvTranspose",
            *(self.draw(self.inputs, filters, size, size), self.draw(filters)),
            strides=[strides] * 2,
            pads=[(size - strides) // 2] * 4,
        )
        self.node("Transpose", perm=[0, 2, 3, 1])
        self.inputs = filters

    def add_cropping2d(self, layer: Layer) -> None:
        height, width, _ = layer.output_shape
        ends, axes = np.array([height, width]), np.array([1, 2])
        self.node("Slice", np.zeros(2, np.int64), ends, axes)

    def add_activation(self, layer: Layer) -> None:
        """Add nothing: `bend` follows."""
