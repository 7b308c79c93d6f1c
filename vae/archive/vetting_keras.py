"""What model.keras may hold when it comes from elsewhere: the networks of its run, nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from vae.architecture import summarize
from vae.archive.vetting import Frame
from vae.errors import RunError
from vae.layers import Layer
from vae.schemas.reading import LARGEST, decode_any

__all__ = ["check_keras"]

# What Keras adds to the arguments of the layers in `architecture`, as in the files that it writes;
# keys that came with a later Keras are null or false there.
ADDED = {
    "trainable": True,
    "use_bias": True,
    "data_format": "channels_last",
    "dilation_rate": [1, 1],
    "groups": 1,
}
INITIALIZERS = ("GlorotUniform", "Zeros")
FUNCTIONAL = ("keras.src.models.functional", "Functional")
HDF5 = b"\x89HDF\r\n\x1a\n"
HDF5_OVERHEAD = 200_000  # bytes around the weights; 14 layers have 65,000


def check_keras(files: Mapping[str, bytes], frame: Frame) -> None:
    """Check model.keras, unpacked: the networks of this configuration and not a layer more.

    The weights are not read here: HDF5 is read in a worker process, after `check_weights`. Raises
    RunError for any other file.
    """
    expected = ("config.json", "metadata.json", "model.weights.h5")
    if sorted(files) != [*expected]:
        held = ", ".join(sorted(files))
        raise RunError(f"model.keras must hold {', '.join(expected)}. Received: {held!r:.120}")
    model: Any = decode_any("config.json of model.keras", files["config.json"])
    decode_any("metadata.json of model.keras", files["metadata.json"])
    summary = summarize(frame.config, frame.image_shape, frame.classes)
    gaussian = frame.config.likelihood == "gaussian"
    known = {layer.class_name for layer in summary.layers}
    _check_objects(model, sorted(known | {"Rescaling"} if gaussian else known))
    try:
        if gaussian:
            _check_variance(model["config"]["layers"].pop(), summary.networks["decoder"][-1])
        _check_networks(model, summary.networks)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise RunError(
            "model.keras must be as VAE Lab writes it. "
            f"Received: a config.json of another form ({error!r:.80})"
        ) from None
    weights = files["model.weights.h5"]
    extra = len(weights) - 4 * summary.total
    if not weights.startswith(HDF5) or not 0 <= extra <= HDF5_OVERHEAD:
        raise RunError(
            f"model.keras must hold {summary.total:,} weights as float32. "
            f"Received: {len(weights):,} bytes in model.weights.h5"
        )


def _check_objects(model: Any, layers: list[str]) -> None:
    """Refuse whatever Keras would make an object of, except what this project's models hold."""
    known = [FUNCTIONAL, ("keras", "DTypePolicy"), (None, "__keras_tensor__")]
    known += [("keras.initializers", name) for name in INITIALIZERS]
    known += [("keras.layers", name) for name in layers]
    for item in _within(model):
        if not item.keys() & {"class_name", "module", "registered_name"}:
            continue
        module, class_name, registered = map(item.get, ("module", "class_name", "registered_name"))
        if (module, class_name) in known and registered in (None, class_name):
            continue
        config = item.get("config")
        name = item.get("name") or (config.get("name") if isinstance(config, dict) else None)
        raise RunError(
            f"The model of this run is built of {', '.join(layers)} alone, without custom code. "
            f"Received: {class_name!r:.60} of {module!r:.60}, registered as {registered!r:.60}"
            + (f", named {name!r:.60}" if name else "")
        )


def _within(value: Any) -> Iterator[dict[str, Any]]:
    """Find all objects in parsed JSON, the outer before the inner ones."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _check_networks(model: Any, networks: Mapping[str, tuple[Layer, ...]]) -> None:
    """Compare the layers with those of the configuration, one by one."""
    first = next(iter(networks.values()))
    inputs = [layer for layer in first if layer.class_name == "InputLayer"]
    layers = model["config"]["layers"]
    found = layers[len(inputs) :]
    for spec, layer in zip(layers, inputs, strict=False):
        _check_layer(spec, layer, ())
    if [network["config"]["name"] for network in found] != [*networks]:
        raise KeyError(" and ".join(networks))
    for item in (model, *found):
        if item["class_name"] != "Functional" or item.get("compile_config"):
            raise RunError("model.keras must hold networks alone. Received: more")
    for network, layers in zip(found, networks.values(), strict=True):
        specs = network["config"]["layers"]
        names = [spec["config"]["name"] for spec in specs]
        if names != [layer.name for layer in layers]:
            raise RunError(
                f"The layers must be {', '.join(layer.name for layer in layers)}. "
                f"Received: {names!r:.120}"
            )
        for index, (spec, layer) in enumerate(zip(specs, layers, strict=True)):
            _check_layer(spec, layer, _below(layers, index))


def _below(layers: tuple[Layer, ...], index: int) -> tuple[Layer, ...]:
    """Return what a layer stands on: the one before it, with few exceptions."""
    layer = layers[index]
    if layer.class_name == "InputLayer":
        return ()
    if layer.class_name == "Concatenate":  # what is labelled, and the label
        return layers[index - 2 : index]
    # Both heads stand on the layer before them.
    heads = layer.name == "log_var" and layer.class_name == "Dense"
    return (layers[index - 2 if heads else index - 1],)


def _check_variance(spec: Any, image: Layer) -> None:
    """Check the layer that holds the log-variance of a Gaussian likelihood."""
    constant = {"scale": 0.0, "offset": spec["config"]["offset"]}
    offset = constant["offset"]
    if type(offset) not in (int, float) or abs(offset) > LARGEST:
        raise RunError(f"pixel_log_var must be a number. Received: {constant['offset']!r:.80}")
    layer = Layer("Rescaling", "pixel_log_var", image.output_shape, arguments=constant)
    _check_layer(spec, layer, (image,))


def _check_layer(spec: Any, layer: Layer, below: tuple[Layer, ...]) -> None:
    wanted = {"name": layer.name, **json.loads(json.dumps(layer.arguments))}
    if "kernel_size" in wanted:  # Keras writes a side as a pair
        wanted |= {key: [wanted[key]] * 2 for key in ("kernel_size", "strides")}
    if "activation" in wanted:
        wanted["activation"] = wanted["activation"] or "linear"
    if not below:
        wanted["batch_shape"] = [None, *layer.output_shape]
    found = dict(spec["config"])
    dtype = found.pop("dtype")
    for name in ("kernel_initializer", "bias_initializer"):
        found.pop(name, None)  # any of `INITIALIZERS`: the weights are in the file
    foreign = {
        key: value
        for key, value in found.items()
        if key not in wanted
        and (value != ADDED[key] if key in ADDED else value not in (None, False))
    }
    foreign |= {key: found.get(key) for key in wanted if found.get(key) != wanted[key]}
    if spec["class_name"] != layer.class_name:
        foreign["class_name"] = spec["class_name"]
    if dtype != "float32" and dtype["config"] != {"name": "float32"}:
        foreign["dtype"] = dtype
    build = spec.get("build_config")
    shapes = [[None, *each.output_shape] for each in below]
    shape = shapes[0] if len(shapes) == 1 else shapes
    if below and build not in (None, {"input_shape": shape}):
        foreign["build_config"] = build
    if foreign:
        raise RunError(
            f"The layer {layer.name} must be a {layer.class_name} as config.json says. "
            f"Received: {foreign!r:.160}"
        )
