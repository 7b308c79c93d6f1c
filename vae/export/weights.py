"""The weights of a run by name, read without TensorFlow: of its Keras file, or of decoder.onnx."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from vae.architecture import decoder_layers, summarize
from vae.errors import RunError
from vae.files import open_regular, read_regular
from vae.layers import Layer
from vae.model.weights_file import check_weights
from vae.runs.layout import DECODER, MODEL

if TYPE_CHECKING:
    import onnx

    from vae.runs.run import Run

__all__ = ["Weights", "named_weights", "read_weights"]

PARTS = ("kernel", "bias")  # in the order in which Keras writes those of a layer


class Weights(NamedTuple):
    """kernel and bias of a layer, float32, in Keras's order of axes.

    Dense: (inputs, units). Conv2DTranspose: (height, width, filters, inputs).
    """

    kernel: np.ndarray
    bias: np.ndarray


def read_weights(run: Run) -> dict[str, Weights]:
    """Return the weights of a run's decoder by the names in `decoder_layers`.

    They are those of decoder.onnx, which `Run.decode` computes with. Raises RunError for a run
    without a model, for a file that holds another network, and for non-finite weights.
    """
    run.require("decoder")
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


def named_weights(run: Run) -> dict[str, np.ndarray]:
    """Return each weight under network, layer and part: "encoder/hidden_1/kernel", ...

    Kernels have Keras's order of axes. With a Gaussian likelihood there is "pixel_log_var" too.
    Raises RunError for a run without a model and for a file that is damaged.
    """
    path = run.path / MODEL
    if not run.has_model:
        raise RunError(f"This run has no model yet. Received: {run.id}, {run.state}")
    named: dict[str, np.ndarray] = {}
    try:
        import h5py  # which comes with Keras

        check_weights(path, summarize(run.config, run.image_shape, run.classes).total)
        with open_regular(path) as source, zipfile.ZipFile(source) as archive:
            model = json.loads(archive.read("config.json"))
            with archive.open("model.weights.h5") as member, h5py.File(member, "r") as file:
                layers: Any = file["layers"]  # h5py cannot know that it is a group of groups
                for network in layers.values():
                    for layer in network.get("layers", {}).values():
                        names = (_name(network["vars"]), _name(layer["vars"]))
                        for part, values in zip(PARTS, layer["vars"].values(), strict=False):
                            named["/".join((*names, part))] = values[()]
    except (OSError, ValueError, KeyError, AttributeError, zipfile.BadZipFile) as error:
        raise RunError(
            f"model.keras must hold this run's weights ({error!r:.80}). Received: {path}"
        ) from None
    if run.config.likelihood == "gaussian":
        last = model["config"]["layers"][-1]["config"]
        named["pixel_log_var"] = np.array(last["offset"], np.float32)
    return named


def _name(variables: Any) -> str:
    return str(variables.attrs["name"])
