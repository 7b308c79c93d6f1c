"""Layers as lines of Keras code, one a line."""

from __future__ import annotations

from vae.layers import Layer

__all__ = ["written_layers"]


def written_layers(layers: list[Layer], below: str, seed: int) -> str:
    """Write each layer above the input as a line; each layer has its seed, as in `networks`."""
    lines = []
    for index, layer in enumerate(layers[1:], start=1):
        if made := _layer(layer, seed + index):
            inputs = f"[{below}, label]" if layer.class_name == "Concatenate" else below
            lines.append(f"x = {made}({inputs})")
            below = "x"
    return "\n".join(lines)


def _layer(layer: Layer, seed: int) -> str:
    """Write how a layer is made; nothing for one that changes nothing."""
    arguments = layer.arguments
    activation = f'"{arguments["activation"]}", ' if arguments.get("activation") else ""
    match layer.class_name:
        case "Dense":
            return f"dense({arguments['units']}, {activation}seed={seed})"
        case "Conv2D" | "Conv2DTranspose" as kind:
            sizes = f"{arguments['filters']}, {arguments['kernel_size']}"
            return f"conv(layers.{kind}, {sizes}, {activation}seed={seed})"
        case "Cropping2D" if arguments["cropping"] == ((0, 0), (0, 0)):
            return ""
        case "InputLayer":  # the label's, which the template has
            return ""
        case "Concatenate":
            return "layers.Concatenate()"
        case kind:
            return f"layers.{kind}({', '.join(map(repr, arguments.values()))})"
