"""A run as one HTML file: its decoder, its map, its samples, its curves; no server, no network.

The page's own source is in `offline/`: HTML, CSS and JavaScript, which are put into one file with
the run's data. It decodes with the weights of decoder.onnx, in plain JavaScript.
"""

from __future__ import annotations

import base64
import html
import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vae.architecture import decoder_layers, summarize
from vae.errors import RunError
from vae.export.weights import Weights, read_weights
from vae.figures.class_looks import MARKS_SCRIPT, MARKS_STYLE, class_looks
from vae.figures.colors import HUES
from vae.figures.curves import curve_points
from vae.figures.svg import SVG_SCRIPT
from vae.files import replacing, writing_to
from vae.kinds import KINDS
from vae.latent.planes import Plane, dimension_plane, extent_of, pca_plane, picture_plane
from vae.latent.traversals import REACH, Dimension, ranked_dimensions
from vae.layers import Layer
from vae.presets import preset_label
from vae.runs.run_images import dataset_title
from vae.sampling.prior import prior_codes
from vae.schemas.metrics import Metrics

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = ["MAX_BYTES", "demo_page", "write_demo"]

MAX_BYTES = 5_000_000  # of the file: it is mailed, and a phone opens it
# Smaller kernels are never rounded: they cost little, and the first multiplies codes of any size.
MIN_ROUNDED = 10_000
MAX_CODES = 400_000  # numbers: all 10,000 test images in up to 40 dimensions
LEVELS = 2**16 - 1

_HERE = Path(__file__).parent / "offline"
# One script: a page that is opened as a file cannot import modules.
_SHARED = (SVG_SCRIPT, MARKS_SCRIPT)
_PARTS = (
    "unpack.js", "network.js", "random.js", "pictures.js", "map.js", "map_pointer.js",
    "condition.js", "code.js", "samples.js", "curves.js", "page.js",
)  # fmt: skip


def write_demo(run: Run, out: Path) -> int:
    """Write a run's demo to a file and return its size in bytes.

    Raises RunError as `demo_page` does, and if the file cannot be written.
    """
    content = demo_page(run).encode()
    with writing_to(out, "A demo is written to a file in a folder that is writable"):
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing(out) as temporary:
            temporary.write_bytes(content)
    return len(content)


def demo_page(run: Run) -> str:
    """Return a run's demo as HTML of at most 5 MB.

    Weights are float32; where that is too much, those of the large layers are rounded to 16 bits.
    Raises RunError for a run without a model or latent means, for weights or means that are no
    numbers, and for a network that is too large either way.
    """
    weights = read_weights(run)
    data = _facts(run) | _space(run) | {"curves": _curves(run)}
    for bits in (32, 16):
        page = _fill(data | {"bits": bits, "layers": _layers(run, weights, bits)})
        size = len(page.encode())
        if size <= MAX_BYTES:
            return page
    count = sum(part.size for pair in weights.values() for part in pair)
    raise RunError(
        f"An offline demo is at most {MAX_BYTES / 1e6:.0f} MB. Received: a decoder of {count:,} "
        f"parameters, which would take {size / 1e6:.1f} MB"
    )


def _fill(data: dict[str, Any]) -> str:
    """Put the page together; what the data say cannot end the element that holds them."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    parts = {
        "title": html.escape(f"{data['name']} – VAE Lab"),
        "style": f"{_read('page.css')}\n{_text(MARKS_STYLE)}",
        "data": text,
        "script": "\n".join([*map(_text, _SHARED), *map(_read, _PARTS)]),
    }
    # In one go, so that a name that looks like a gap to fill stays a name.
    return re.sub(r"\{\{(\w+)\}\}", lambda gap: parts[gap[1]], _read("page.html"))


def _read(name: str) -> str:
    return _text(_HERE / name)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _facts(run: Run) -> dict[str, Any]:
    """Say what the run is and what evaluation found."""
    title = dataset_title(run)
    label = preset_label(run.config)
    counted = summarize(run.config, run.image_shape, run.classes)
    found = run.metrics
    facts = [
        ("Data set", title),
        ("Recipe", f"{label}, {run.config.latent_dim}-D"),
        ("Parameters", f"{counted.total:,}"),
        ("Epochs", str(run.status.get("epoch", run.config.epochs))),
    ]
    if "elbo" in found:
        facts.append(("ELBO", f"{found['elbo']:.1f}".replace("-", "−") + _error(found)))
    elif "reconstruction" in found:
        facts.append(("Reconstruction", f"{found['reconstruction']:.1f} nats per image"))
    measured_on = f"Measured on {found['images']}: {found['treatment']}." if found else ""
    return {
        "name": run.metadata.name or f"{title}, {label}",
        "facts": facts,
        "measuredOn": measured_on,
        "imageShape": run.image_shape,
        "decoderParameters": counted.parameters["decoder"],
        "hues": HUES,
        "isConditional": run.config.conditional,
    }


def _error(found: Metrics) -> str:
    error = found.get("elbo_standard_error")
    return (f" ± {error:.1f}" if error else "") + " nats per image"


def _space(run: Run) -> dict[str, Any]:
    """Return the latent space: dimensions, the plane of the map, and the test images' codes."""
    size = run.config.latent_dim
    if run.config.has("encoder"):
        ranked = ranked_dimensions(run)
        mean, y = run.latents["mean"].astype(np.float64), run.latents["y"]
    else:  # no image has a code
        ranked = [Dimension(index, 0.0, 0.0) for index in range(size)]
        mean, y = np.zeros((0, size)), np.zeros(0, np.uint8)
    if not np.isfinite(mean).all():
        raise RunError(
            f"Latent means must be finite numbers. Received: {run.id}, where "
            f"{int((~np.isfinite(mean)).sum()):,} are not"
        )
    plane = _plane(mean, size)
    every = max(1, math.ceil(mean.size / MAX_CODES))
    centre, covariance = plane.prior()
    return {
        "dimensions": [{"index": each.index, "kl": _rounded(each.kl)} for each in ranked],
        "reach": REACH,
        "plane": {
            "origin": plane.origin.tolist(),
            "axes": plane.axes.tolist(),
            "inverse": np.linalg.pinv(plane.axes).tolist(),
            "names": plane.names,
            "isLine": plane.is_line,
            "extent": extent_of(plane, plane.coordinates(mean))._asdict(),
            "prior": {"mean": centre.tolist(), "covariance": covariance.tolist()},
        },
        "codes": _packed(mean[::every], 16 if len(mean) else 32),
        "labels": _base64(y[::every].astype(np.uint8)),
        "classes": [
            {"name": name, "color": color, "mark": mark}
            for name, color, mark in zip(*class_looks(run.class_names).values(), strict=True)
        ],
    }


def _plane(mean: np.ndarray, size: int) -> Plane:
    """Return the plane along which latent means (N, d) vary most, or one of random codes."""
    if size <= 2:
        return dimension_plane(size, 0, size - 1)
    return pca_plane(mean) if len(mean) else picture_plane(prior_codes(3, size))


def _curves(run: Run) -> dict[str, Any]:
    """Return the curves of the run's kind; none before its first point."""
    curves = KINDS[run.config.kind].curves
    points = curve_points(run.rows, run.steps_per_epoch, curves)
    shown = curves if points["training"]["epoch"] else {}
    return {
        "titles": {name: curve.title for name, curve in shown.items()},
        "units": {name: curve.unit for name, curve in shown.items()},
        "points": {
            part: {name: [_rounded(value) for value in columns[name]] for name in ("epoch", *shown)}
            for part, columns in points.items()
        },
    }


def _layers(run: Run, weights: dict[str, Weights], bits: int) -> list[dict[str, Any]]:
    """Describe the decoder as its Keras layers are, with their weights."""
    return [
        _layer(layer, weights.get(layer.name), bits)
        for layer in decoder_layers(run.config, run.image_shape, run.classes)
    ]


def _layer(layer: Layer, weights: Weights | None, bits: int) -> dict[str, Any]:
    described = {"class": layer.class_name, "shape": layer.output_shape, **layer.arguments}
    if weights:
        kernel, bias = weights
        described |= {
            "kernel": _packed(kernel, bits if kernel.size >= MIN_ROUNDED else 32),
            "bias": _packed(bias, 32),
        }
    return described


def _packed(array: np.ndarray, bits: int) -> dict[str, Any]:
    """Return numbers as text: float32, or uint16 of equal steps from the smallest to the largest.

    Each index of the last axis has such a range of its own.
    """
    if bits == 32:
        return {"float32": _base64(array.astype("<f4"))}
    columns = array.reshape(-1, array.shape[-1]).astype(np.float64)
    low = columns.min(axis=0).astype("<f4")
    step = ((columns.max(axis=0) - low) / LEVELS).astype("<f4")
    step[step == 0.0] = 1.0  # all are the same
    steps = np.clip(np.rint((columns - low) / step), 0, LEVELS)
    return {"uint16": _base64(steps.astype("<u2")), "low": _base64(low), "step": _base64(step)}


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def _rounded(value: float) -> float | None:
    """Return six digits, which a screen cannot tell from more; None is a gap in a curve."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
