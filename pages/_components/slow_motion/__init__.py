"""One training step in slow motion: nine parts, each shown in turn on real values of the batch.

The film plays in the browser; only the request for the next training step comes back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pages._components.data_url import as_data_url
from pages._components.mounting import mounted
from pages._components.slow_motion.words import (
    captions,
    change,
    costs,
    details,
    is_autoencoder,
    norm_text,
    short_text,
    spread,
    text,
)
from vae.figures.colors import HUES
from vae.images import to_png

__all__ = ["slow_motion"]

MAX_IMAGES = 8
MAX_BARS = 8  # dimensions, and layers
MAX_CELLS = 64  # activations of a layer

_mount = mounted(
    __file__,
    "slow_motion",
    "slow_motion.js",
    html='<div class="slow" tabindex="0" role="group" '
    'aria-label="One training step in slow motion"></div>',
    css="slow_motion.css",
)


def slow_motion(step: Mapping[str, Any], *, key: str, on_next: Callable[[], None]) -> None:
    """Play one training step, part by part; on_next is called when the person wants the next one.

    step: what one step did to the first images of its batch, as arrays. New values start the film
    anew; the same values leave it where it is.
    """
    _mount(key=key, data=_film(step), on_next_change=on_next)


def _film(step: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the browser shows, as JSON values."""
    layers = _some(len(step["layer_names"]), MAX_BARS)
    names = [
        str(step["layer_names"][index]).replace("encoder ", "enc. ").replace("decoder ", "dec. ")
        for index in layers
    ]
    before, after = change(step)
    return {
        "place": f"Epoch {int(step['epoch'])} · step {int(step['step']):,} of "
        f"{int(step['steps']):,}",
        "hues": HUES,
        "stages": _stages(step),
        "reach": _reach(step),
        "layers": _bars(step["gradient_norms"][layers], names, norm_text),
        "batch": {"before": before, "after": after},
        "examples": [_example(step, i) for i in range(min(MAX_IMAGES, len(step["images"])))],
    }


def _stages(step: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return each part's name, hue, title and note, and what is said where an autoencoder has none.

    Their order is that of `captions` and `details`.
    """
    plain = is_autoencoder(step)
    height, width, _ = step["images"].shape[1:]
    pixels = f"{height} × {width} pixels"
    dimensions = _count(step["z"].shape[1], MAX_BARS, "dimension", " shown")
    encoder, decoder = (
        _count(step[name].shape[1], MAX_CELLS, "number") for name in ("encoder", "decoder")
    )
    layers = len(step["layer_names"])
    norms = "norm of each layer" if layers <= MAX_BARS else f"norms, {MAX_BARS} of {layers} shown"
    noise = float(step["noise"])
    noise_text = "from N(0, 1)" if noise == 1.0 else f"{noise:.3g} × N(0, 1)"
    cloud = "mean[Mean]" if plain else "mean[Mean], log_var[log-variance]"
    table = [
        ("image", "", "Image", pixels),
        ("encoder", "", "Encoder", encoder),
        ("cloud", "mean", cloud, dimensions),
        ("epsilon", "epsilon", "epsilon[Epsilon]", "" if plain else noise_text),
        ("z", "z", "z[z]", dimensions),
        ("decoder", "", "Decoder", decoder),
        ("reconstruction", "reconstruction", "reconstruction[Reconstruction]", pixels),
        (
            "losses",
            "loss",
            f"loss[{'The loss' if plain else 'The two losses'}]",
            "nats, this image",
        ),
        ("gradient", "gradient", "gradient[Gradient step]", norms),
    ]
    stages = [dict(zip(("name", "hue", "title", "note"), row, strict=True)) for row in table]
    absent = {"epsilon": "An autoencoder has none."} if plain else {}
    return [stage | {"absent": absent.get(stage["name"], "")} for stage in stages]


def _reach(step: Mapping[str, Any]) -> dict[str, float]:
    """Return what the longest bar of each kind stands for, the same for all images."""
    groups = {
        "code": [step["mean"], step["z"]],
        "nats": list(costs(step)),
        "gradient": [step["gradient_norms"]],
    }
    if not is_autoencoder(step):
        groups["code"].append(step["epsilon"])
        groups |= {"log_var": [step["log_var"]], "kl": [step["kl"]]}
    return {name: _largest(arrays) for name, arrays in groups.items()}


def _example(step: Mapping[str, Any], i: int) -> dict[str, Any]:
    """Return what is shown of one image; what an autoencoder lacks is empty."""
    reconstruction, kl, weighted, loss = (values[i] for values in costs(step))
    losses = [reconstruction, kl, loss, weighted]
    example = {
        "image": _picture(step["images"][i]),
        "encoder": _heat(step["encoder"][i]),
        "mean": _bars(step["mean"][i]),
        "log_var": [],
        "spread": [],
        "epsilon": [],
        "z": _bars(step["z"][i]),
        "decoder": _heat(step["decoder"][i]),
        "reconstruction": _picture(step["reconstructions"][i]),
        "losses": _bars(losses, ["reconstruction", "KL", "loss", "beta × KL"], text),
        "kl": [],
        "captions": captions(step, i),
        "details": details(step, i),
    }
    if is_autoencoder(step):
        example["losses"][1]["text"] = "none"
    else:
        example |= {name: _bars(step[name][i]) for name in ("log_var", "epsilon", "kl")}
        example["spread"] = [_plain(value) for value in spread(step)[i, :MAX_BARS]]
    return example


def _bars(
    values: Sequence[float],
    names: Sequence[str] = tuple(map(str, range(1, MAX_BARS + 1))),
    write: Callable[[float], str] = short_text,
) -> list[dict[str, Any]]:
    """Return name, value and text of as many values as there are names."""
    return [
        {"name": name, "value": _plain(value), "text": write(value)}
        for name, value in zip(names, map(float, values), strict=False)
    ]


def _heat(values: np.ndarray) -> list[float | None]:
    """Return some of a layer's activations, scaled so that 0 and all of them are in [0, 1]."""
    shown = np.asarray(values, float)[_some(len(values), MAX_CELLS)]
    finite = shown[np.isfinite(shown)]
    low, high = finite.min(initial=0.0), finite.max(initial=0.0)
    return [_plain((value - low) / ((high - low) or 1.0)) for value in shown]


def _picture(image: np.ndarray) -> str:
    return as_data_url(to_png(image))


def _some(count: int, max_count: int) -> np.ndarray:
    """Return at most `max_count` of `count` indices, evenly spaced from first to last."""
    return np.linspace(0, count - 1, min(count, max_count)).round().astype(int)


def _count(count: int, max_count: int, what: str, shown: str = "") -> str:
    if count > max_count:
        return f"{max_count} of {count:,}{shown}"
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _largest(arrays: Sequence[np.ndarray]) -> float:
    """Return the largest size among what is shown, or 1 if there is none."""
    shown = [array[:, :MAX_BARS] if array.ndim > 1 else array for array in arrays]
    sizes = np.abs(np.concatenate([array.ravel() for array in shown]), dtype=float)
    return _plain(sizes[np.isfinite(sizes)].max(initial=0.0)) or 1.0


def _plain(value: float) -> float | None:
    """Return the number with four digits, or None: JSON has finite numbers alone."""
    return float(f"{value:.4g}") if math.isfinite(value) else None
