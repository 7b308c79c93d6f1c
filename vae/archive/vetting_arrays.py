"""What the array files of a run must be when they come in a zip from elsewhere."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping

import numpy as np

from vae.archive.vetting import Frame
from vae.config import Config
from vae.errors import RunError
from vae.runs.layout import CHECKPOINT, FIXED, LATENTS, PREDICTIONS, SNAPSHOTS
from vae.runs.results import ARRAYS, Shapes
from vae.schemas.reading import MAX_COUNT, printable

__all__ = ["ArrayCheck"]

SAMPLES, MORE_SAMPLES = 50, 14  # as in `snapshots`, which would import TensorFlow
# How many rows arrays may have, where that is free: a page that shows the run has them in memory.
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
# Each followed by the shape of an image.
PIXELS = ("images", "samples", "more_samples", "reconstructions")
OPTIONAL = ("more_samples",)  # not in the snapshots of earlier versions
SHAPES: dict[str, Shapes] = {
    CHECKPOINT: {"epoch": ()},
    LATENTS: {
        "mean": ("images", "latent_dim"),
        "log_var": ("images", "latent_dim"),
        "y": ("images",),
    },
    PREDICTIONS: {"probabilities": ("images", "classes"), "y": ("images",)},
    **ARRAYS,
}
SNAPSHOTS_FIXED: Shapes = {
    "z": (SAMPLES, "latent_dim"),
    "images": ("fixed",),
    "labels": ("cloud",),
}
SNAPSHOT_SHAPES: Shapes = {
    "samples": (SAMPLES,),
    "more_samples": (MORE_SAMPLES,),
    "reconstructions": ("fixed",),
    "means": ("cloud", "latent_dim"),
}
# Of a classifier, which has neither codes nor samples.
CLASSIFIER_FIXED: Shapes = {"images": ("fixed",), "labels": ("fixed",)}
CLASSIFIER_SNAPSHOT: Shapes = {
    "probabilities": ("fixed", "classes"),
    "confusion": ("classes", "classes"),
}
# Of a GAN, which makes nothing of images.
SAMPLES_FIXED: Shapes = {"z": (SAMPLES, "latent_dim")}
SAMPLES_SNAPSHOT: Shapes = {"samples": (SAMPLES,), "more_samples": (MORE_SAMPLES,)}
LARGEST_LATENT = 1_000_000  # squares, and sums of those, are far from infinite as float32


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
            if key in OPTIONAL and key not in arrays:
                continue
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
        sizes = {"latent_dim": self.frame.config.latent_dim, "classes": self.frame.classes}
        shapes = SHAPES.get(name, {})
        if name.startswith(f"{SNAPSHOTS}/"):
            fixed, snapshot = _snapshot_shapes(self.frame.config)
            shapes = fixed if name == FIXED else snapshot
        image = self.frame.image_shape
        return {
            key: tuple(
                sizes.get(size, size) if isinstance(size, str) else size
                for size in (*shape, *(image if key in PIXELS else ()))
            )
            for key, shape in shapes.items()
        }

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
        if key in PIXELS:
            fits, wanted = array.dtype == np.uint8, "uint8"
        elif key in ("y", "labels", "class_labels", "confusion", *COUNTS):
            largest = MAX_COUNT if key in ("confusion", *COUNTS) else self.frame.classes - 1
            fits = kind in "iu" and (
                not array.size or (array.min() >= 0 and array.max() <= largest)
            )
            wanted = f"whole numbers from 0 to {largest:,}"
        elif name in (LATENTS, PREDICTIONS, *ARRAYS):  # pages compute with these
            # The minimum and maximum of what holds NaN are NaN, which compares as False.
            # As Python floats, since half precision would make the limits infinite.
            low, high = float(array.min(initial=0.0)), float(array.max(initial=0.0))
            fits = kind == "f" and -LARGEST_LATENT <= low <= high <= LARGEST_LATENT
            wanted = f"floats from -{LARGEST_LATENT:,} to {LARGEST_LATENT:,}"
        else:  # a snapshot of a run that diverges may well be infinite
            fits, wanted = kind == "f", "floats"
        if not fits:
            found = f"{array.dtype}, {array.ravel()[:3]}"
            raise RunError(f"{key} in {name} must be {wanted}. Received: {found}")

    def _rows(self, what: str, size: str, found: int) -> int:
        """Return how many rows there must be, which the first array says if it follows `ROWS`."""
        low, high = ROWS[size]
        if not low <= found <= high:
            raise RunError(f"{what} must have {low:,} to {high:,} rows. Received: {found:,}")
        return self.sizes.setdefault(size, found)


def _snapshot_shapes(config: Config) -> tuple[Shapes, Shapes]:
    """Return what snapshots are taken with, and what each holds, by what the model has."""
    if config.has("classifier"):
        return CLASSIFIER_FIXED, CLASSIFIER_SNAPSHOT
    if config.has("encoder"):
        return SNAPSHOTS_FIXED, SNAPSHOT_SHAPES
    return SAMPLES_FIXED, SAMPLES_SNAPSHOT


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
    # NumPy would take the memory that the header asks for before it reads what there is.
    if math.prod(shape) * dtype.itemsize != len(content) - begin or min(shape, default=0) < 0:
        raise ValueError(f"a header that says {shape}")
    order = "F" if fortran_order else "C"
    return np.ndarray(shape, dtype, content, begin, order=order)
