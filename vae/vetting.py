"""What the files of a run must be when they come from elsewhere.

Each check raises RunError with what was expected and what came. JSON is returned cleaned: keys that
are known, numbers that are finite, text that can be shown.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae.architecture import ImageShape
from vae.binarisation import TREATMENTS
from vae.config import Config
from vae.dataset_checks import is_name
from vae.errors import ConfigError, RunError
from vae.latent import TSNE_FILES
from vae.server_settings import limits

__all__ = [
    "ArrayCheck",
    "Frame",
    "is_count",
    "is_number",
    "parse_json",
    "printable",
    "read_frame",
    "read_history",
    "read_metrics",
]

TSNE = {f"{name}.npz": count for count, name in TSNE_FILES.items()}
MOST_COUNT = 10**9
LARGEST = 1e100  # far beyond any loss, and far from where arithmetic on it becomes infinite
MOST_CLASSES = 256
LONGEST_TEXT = 200
MOST_ROWS = 20_000
LONGEST_ROW = 20_000  # characters: 128 dimensions, trained and validated, are 6,000
SAMPLES = 50  # as in `snapshots`, which would import TensorFlow
# How many rows arrays may have, where that is free: whoever looks at the run has them in memory.
ROWS = {
    "images": (1, 100_000),
    "points": (1, 100_000),
    "fixed": (1, 100),
    "cloud": (1, 1000),
    "components": (1, 1000),
    "class_components": (0, 10_000),
    "posteriors": (1, 10_000),
    "trials": (1, 100),
}
COUNTS = ("epoch", "fitted_images")  # one number each
LARGEST_LATENT = 1_000_000  # squares, and sums of those, are far from infinite as float32

PARTS = ("loss", "reconstruction", "kl", "kl_per_dimension")
TWINS = tuple(f"val_{name}" for name in PARTS)
LIVE = ("beta", "learning_rate", "noise")
KNOWN = {
    "step": {
        *("kind", "epoch", "step", *PARTS, *TWINS, *LIVE),
        *("gradient_norm", "prior_distance", "pixel_deviation", "capacity"),
    },
    "change": {"kind", "epoch", "step", *LIVE, "epochs"},
}
KNOWN["epoch"] = KNOWN["step"]
# Of metrics.json. An autoencoder has not all of them, and an earlier version had fewer.
SHOWN = ("elbo", "elbo_standard_error", "reconstruction", "kl", "rate", "distortion")


@dataclass(frozen=True)
class Frame:
    """What config.json says and all other files must fit. info: the cleaned config.json."""

    info: dict[str, Any]
    config: Config
    image_shape: ImageShape
    classes: int


def printable(text: str, most: int) -> str:
    """Return a text in one line, without control characters, of at most so many characters."""
    visible = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(visible.split())[:most].strip()


def is_number(value: Any) -> bool:
    """Whether this is a finite number, and no truth value."""
    return type(value) in (int, float) and -LARGEST <= value <= LARGEST  # NaN compares as False


def is_count(value: Any) -> bool:
    """Whether this is a whole number from 0 on."""
    return type(value) is int and 0 <= value <= MOST_COUNT


def parse_json(name: str, content: bytes) -> Any:
    """Parse JSON, which knows neither NaN nor infinity."""
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RunError(f"{name} must be JSON ({error!s:.80}). Received: {content[:60]!r}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"which has no {name}")


def read_frame(content: bytes) -> Frame:
    """Read config.json; its layers must fit its images and the server's limits."""
    info = parse_json("config.json", content)
    if not isinstance(info, dict) or info.get("format") != 1:
        raise RunError(f"config.json must be of format 1. Received: {info!r:.80}")
    dataset, shape, names = (info.get(key) for key in ("dataset", "image_shape", "class_names"))
    if not is_name(dataset):
        raise RunError(f"A data set's name is a short word or a few. Received: {dataset!r:.80}")
    if not isinstance(shape, list) or len(shape) != 3 or not all(map(is_count, shape)):
        raise RunError(f"image_shape must be three whole numbers. Received: {shape!r:.80}")
    if not all(1 <= side <= most for side, most in zip(shape, (512, 512, 4), strict=True)):
        raise RunError(f"Images are at most 512 x 512, in 4 channels. Received: {shape}")
    if (
        not isinstance(names, list)
        or len(names) > MOST_CLASSES
        or not all(isinstance(name, str) and len(name) <= LONGEST_TEXT for name in names)
    ):
        raise RunError(
            f"class_names must be a list of at most {MOST_CLASSES:,} short texts. "
            f"Received: {names!r:.80}"
        )
    try:
        config = Config.from_dict(info.get("config"))
        config = config.replace(preset=printable(config.preset, LONGEST_TEXT))
        # Its epochs are behind it: they cost no more than the rows and snapshots that are there.
        limits().check(config.replace(epochs=1), tuple(shape), len(names))
    except ConfigError as error:
        raise RunError(f"config.json must hold settings that work. {error}") from None
    images = {"images": info["images"]} if is_count(info.get("images")) else {}
    # Whose images the run learned: those of another data set of this name have another one.
    if re.fullmatch(r"[0-9a-f]{32}", str(info.get("fingerprint"))):
        images["fingerprint"] = info["fingerprint"]
    info = {
        "format": 1,
        "config": config.to_dict(),
        "dataset": dataset,
        "image_shape": shape,
        **images,
        "class_names": [printable(name, LONGEST_TEXT) for name in names],
        "seed": config.seed,
        "versions": _versions(info.get("versions")),
    }
    return Frame(info, config, tuple(shape), len(names))


def _versions(versions: Any) -> dict[str, str]:
    if not isinstance(versions, dict):
        return {}
    texts = ((name, text) for name, text in versions.items() if isinstance(text, str))
    return {printable(name, 40): printable(text, 40) for name, text in list(texts)[:20]}


def read_history(content: bytes, frame: Frame) -> Iterator[dict[str, Any]]:
    """Read the rows of history.jsonl; a last line that a crash cut short is left out."""
    count = content.count(b"\n")
    if count > MOST_ROWS:
        raise RunError(f"A history has at most {MOST_ROWS:,} rows. Received: {count:,}")
    for place, line in enumerate(content.split(b"\n")):
        try:
            if line.strip():
                yield _row(line, frame)
        except (RunError, ConfigError) as error:
            if place < count:  # no newline follows the last one
                raise RunError(
                    f"Each line of history.jsonl must be a row of a run, but line {place + 1} is "
                    f"not. {error}"
                ) from None


def _row(line: bytes, frame: Frame) -> dict[str, Any]:
    if len(line) > LONGEST_ROW:
        raise RunError(f"Rows have at most {LONGEST_ROW:,} characters. Received: {len(line):,}")
    row = parse_json("A row", line)
    kind = row.get("kind") if isinstance(row, dict) else None
    if kind not in ("step", "epoch", "change"):
        raise RunError(f"A row is of kind step, epoch or change. Received: {row!r:.80}")
    needed = {"epoch", "step"}
    if kind != "change":
        needed |= {*PARTS, "beta", "learning_rate"}
        needed |= set(TWINS) if row.keys() & set(TWINS) else set()
    if missing := needed - row.keys():
        raise RunError(
            f"A row of kind {kind} has {', '.join(sorted(needed))}. "
            f"Received: no {', '.join(sorted(missing))}"
        )
    for name, value in row.items():
        if name not in KNOWN[kind]:
            columns = ", ".join(sorted(KNOWN[kind]))
            raise RunError(f"Columns of such a row are {columns}. Received: {name!r:.80}")
        if name in ("epoch", "step", "epochs"):
            least = int(name == "step" and kind != "change")
            fits, expected = is_count(value) and value >= least, f"a whole number from {least} on"
        elif name.endswith("kl_per_dimension"):
            count = frame.config.latent_dim
            fits = isinstance(value, list) and len(value) == count and all(map(is_number, value))
            expected = f"{count} finite numbers"
        else:
            fits, expected = name == "kind" or is_number(value), "a finite number"
        if not fits:
            raise RunError(f"{name} must be {expected}. Received: {value!r:.80}")
    if kind == "change":  # whoever trains on takes these settings up
        frame.config.replace(**{name: row[name] for name in LIVE if name in row})
    return row


def read_metrics(content: bytes) -> dict[str, Any]:
    """Read metrics.json: numbers, lists of numbers, short texts and one table of classes."""
    metrics = parse_json("metrics.json", content)
    if not isinstance(metrics, dict) or len(metrics) > 100:
        raise RunError(f"metrics.json must be a JSON object. Received: {metrics!r:.80}")
    clean: dict[str, Any] = {}
    for name, value in metrics.items():
        if name == "reconstruction_per_class":
            value = _per_class(value)
        elif isinstance(value, str) and len(value) <= LONGEST_TEXT:
            value = printable(value, LONGEST_TEXT)
        elif not is_number(value) and not (
            isinstance(value, list) and len(value) <= 1000 and all(map(is_number, value))
        ):
            raise RunError(
                f"metrics.json holds finite numbers and short texts. Received: {name!r:.60}, "
                f"{value!r:.60}"
            )
        clean[printable(name, 60)] = value
    # What pages show of every run.
    texts = all(isinstance(clean.get(name), str) for name in ("images", "treatment"))
    numbers = is_number(clean.get("loss")) and all(is_number(clean.get(name, 0)) for name in SHOWN)
    if not (texts and numbers and clean.get("binarisation", "none") in TREATMENTS):
        raise RunError(
            f"metrics.json holds loss and, where known, {', '.join(SHOWN)} as numbers, images and "
            f"treatment as texts, and one of the binarisations. Received: {metrics!r:.80}"
        )
    return clean


def _per_class(value: Any) -> dict[str, float]:
    if (
        not isinstance(value, dict)
        or len(value) > MOST_CLASSES
        or not all(len(name) <= LONGEST_TEXT for name in value)
        or not all(map(is_number, value.values()))
    ):
        raise RunError(
            "reconstruction_per_class in metrics.json holds a number for the name of each class. "
            f"Received: {value!r:.60}"
        )
    return {printable(name, LONGEST_TEXT): number for name, number in value.items()}


class ArrayCheck:
    """Checks the array files of one run, unpacked, against its configuration and each other."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        # Those of `ROWS` that are known: the same in all files, so the first one that has it says.
        self.sizes: dict[str, int] = {}

    def __call__(self, name: str, files: Mapping[str, bytes]) -> None:
        """Check one file: no pickles, nothing but numbers, and shapes that fit the run."""
        arrays = {}
        for member, content in files.items():
            try:
                if not member.endswith(".npy"):
                    raise ValueError("no array's name")
                arrays[member.removesuffix(".npy")] = _array(content)
            except Exception as error:
                # The header is Python text, so that a foreign one fails in a dozen ways.
                raise RunError(
                    f"{name} must hold arrays of numbers. Received: {member!r:.60} "
                    f"({printable(str(error), 100)})"
                ) from None
        for key, shape in self._shapes(name).items():
            if key not in arrays:
                held = ", ".join(sorted(arrays))
                raise RunError(f"{name} must hold {key}. Received: {held or 'nothing'!r:.80}")
            self._check(name, key, arrays[key], shape)
        points, images = self.sizes.get("points", 0), self.sizes.get("images", 0)
        if points > images:
            raise RunError(
                f"{name} must show images of latents.npz. Received: {points:,} of {images:,}"
            )

    def _shapes(self, name: str) -> dict[str, tuple[int | str, ...]]:
        """Return the shapes that the arrays of a file have; a word is one of `ROWS`."""
        image, dimensions = self.frame.image_shape, self.frame.config.latent_dim
        if name == "checkpoint.npz":
            return {"epoch": ()}
        if name == "latents.npz":
            codes = ("images", dimensions)
            return {"mean": codes, "log_var": codes, "y": ("images",)}
        if name in TSNE:
            return {"points": ("points", TSNE[name])}
        if name == "samplers.npz":
            return {
                **self._mixtures("components", ""),
                **self._mixtures("class_components", "class_"),
                "class_labels": ("class_components",),
                "mean": ("posteriors", dimensions),
                "log_var": ("posteriors", dimensions),
                "y": ("posteriors",),
                "trials": ("trials", 3),
                "fitted_images": (),
            }
        if name == "snapshots/fixed.npz":
            return {"z": (SAMPLES, dimensions), "images": ("fixed", *image), "labels": ("cloud",)}
        if name.startswith("snapshots/"):
            return {
                "samples": (SAMPLES, *image),
                "reconstructions": ("fixed", *image),
                "means": ("cloud", dimensions),
            }
        return {}

    def _mixtures(self, rows: str, prefix: str) -> dict[str, tuple[int | str, ...]]:
        dimensions = self.frame.config.latent_dim
        shapes = {"weights": (), "means": (dimensions,), "factors": (dimensions, dimensions)}
        return {f"{prefix}{key}": (rows, *shape) for key, shape in shapes.items()}

    def _check(self, name: str, key: str, array: np.ndarray, shape: tuple[int | str, ...]) -> None:
        expected = shape
        if array.ndim == len(shape):
            expected = tuple(
                self._rows(f"{key} in {name}", size, found) if isinstance(size, str) else size
                for size, found in zip(shape, array.shape, strict=True)
            )
        if array.shape != expected:
            wanted = ", ".join(map(str, expected))
            raise RunError(f"{key} in {name} must have shape ({wanted}). Received: {array.shape}")
        kind = array.dtype.kind
        if key in ("images", "samples", "reconstructions"):
            fits, wanted = array.dtype == np.uint8, "uint8"
        elif key in ("y", "labels", "class_labels", *COUNTS):
            most = MOST_COUNT if key in COUNTS else self.frame.classes - 1
            fits = kind in "iu" and (not array.size or (array.min() >= 0 and array.max() <= most))
            wanted = f"whole numbers from 0 to {most:,}"
        elif name in ("latents.npz", "samplers.npz", *TSNE):  # pages compute with these
            # NaN is the least and the largest of what it is among, and compares as False.
            # As Python floats, since half precision would make the limits infinite.
            least, largest = float(array.min(initial=0.0)), float(array.max(initial=0.0))
            fits = kind == "f" and -LARGEST_LATENT <= least <= largest <= LARGEST_LATENT
            wanted = f"floats from -{LARGEST_LATENT:,} to {LARGEST_LATENT:,}"
        else:  # a snapshot of a run that diverges may well be infinite
            fits, wanted = kind == "f", "floats"
        if not fits:
            found = f"{array.dtype}, {array.ravel()[:3]}"
            raise RunError(f"{key} in {name} must be {wanted}. Received: {found}")

    def _rows(self, what: str, size: str, found: int) -> int:
        """Return how many rows there must be, which the first array says if it keeps to `ROWS`."""
        least, most = ROWS[size]
        if not least <= found <= most:
            raise RunError(f"{what} must have {least:,} to {most:,} rows. Received: {found:,}")
        return self.sizes.setdefault(size, found)


def _array(content: bytes) -> np.ndarray:
    """Read one array as NumPy would, if its header agrees with its length; raises ValueError."""
    stream = io.BytesIO(content)
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    shape, fortran_order, dtype = readers[np.lib.format.read_magic(stream)](stream)
    begin = stream.tell()
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise ValueError(f"an array of {dtype}")
    # NumPy would take the memory that the header asks for before it looks at what there is.
    if math.prod(shape) * dtype.itemsize != len(content) - begin or min(shape, default=0) < 0:
        raise ValueError(f"a header that says {shape}")
    order = "F" if fortran_order else "C"
    return np.ndarray(shape, dtype, content, begin, order=order)
