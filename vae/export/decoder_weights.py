"""The weights of a run's decoder, layer by layer, read without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vae.architecture import Layer, decoder_layers
from vae.errors import RunError
from vae.files import read_regular
from vae.runs.layout import DECODER

if TYPE_CHECKING:
    import onnx

    from vae.runs.run import Run

__all__ = ["Weights", "read_weights"]


class Weights(NamedTuple):
    """kernel and bias of a layer, float32, in Keras's order of axes.

    Dense: (inputs, units). Conv2DTranspose: (height, width, filters, inputs).
    """

    kernel: np.ndarray
    bias: np.ndarray


def read_weights(run: Run) -> dict[str, Weights]:
    """Return the weights of a run's decoder by the names in `decoder_layers`.

    They are those of decoder.onnx, which `Run.decode` computes with. Raises RunError for a run
    without a model, for a file that holds another network, and for weights that are no numbers.
    """
    path = run.path / DECODER
    if not run.has_model:
        raise RunError(f"This run has no model yet. Received: {run.id}, {run.state}")
    every = decoder_layers(run.config, run.image_shape, run.classes)
    layers = [layer for layer in every if layer.parameters]
    try:
        found = dict(_pairs(layers, read_regular(path)))
    except Exception as error:
        # A damaged file fails in a dozen ways: protobuf's, onnx's and NumPy's own errors, ...
        raise RunError(
            f"decoder.onnx must hold this run's decoder ({' '.join(str(error).split()):.80}). "
            f"Received: {path}"
        ) from None
    wrong = sum(int((~np.isfinite(part)).sum()) for pair in found.values() for part in pair)
    if wrong:
        raise RunError(
            f"The weights of a decoder must be finite numbers. Received: {wrong:,} that are not, "
            f"in {path}"
        )
    return found


def _pairs(layers: list[Layer], content: bytes) -> Iterator[tuple[str, Weights]]:
    """Go through the network in the order in which it computes, as `layers` does."""
    import onnx  # half a second, which only this needs
    from onnx.numpy_helper import to_array

    graph = onnx.load_from_string(content).graph
    arrays = {item.name: to_array(item) for item in graph.initializer}
    products = [node for node in graph.node if node.op_type in ("MatMul", "ConvTranspose")]
    for layer, node in zip(layers, products, strict=True):
        kernel, bias = arrays[node.input[1]], _bias(graph, node, arrays)
        if layer.class_name == "Conv2DTranspose":
            kernel = kernel.transpose(2, 3, 1, 0)  # ONNX: (inputs, filters, height, width)
        if kernel.size + layer.output_shape[-1] != layer.parameters:
            raise ValueError(f"{layer.name} has a kernel of shape {kernel.shape}")
        bias = np.broadcast_to(bias.reshape(-1), (layer.output_shape[-1],))
        yield layer.name, Weights(np.ascontiguousarray(kernel), np.ascontiguousarray(bias))


def _bias(
    graph: onnx.GraphProto, product: onnx.NodeProto, arrays: dict[str, np.ndarray]
) -> np.ndarray:
    """Return what is added to a product: its own third input, or that of the node behind it."""
    if len(product.input) > 2:
        return arrays[product.input[2]]
    for node in graph.node:
        if node.op_type == "Add" and product.output[0] in node.input:
            return next(arrays[name] for name in node.input if name in arrays)
    return np.zeros(1, np.float32)  # a bias that is all zero is left out of the file
