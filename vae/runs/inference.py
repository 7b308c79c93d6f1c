"""Encode and decode with ONNX Runtime: milliseconds, and no TensorFlow."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from vae.errors import RunError
from vae.files import open_regular


class _Network(Protocol):
    """The part of `onnxruntime.InferenceSession` that is used here; it has no type stubs."""

    def run(self, names: None, inputs: dict[str, np.ndarray], /) -> list[np.ndarray]: ...


__all__ = ["decode", "encode", "one_hot"]

TOLERANCE = 1e-3  # what arithmetic on pixels may add to 0 and 1
# A convolutional network of 2 million parameters takes 5 MB an image for what is between its
# layers: 240 MB at once. A dense one decodes as fast as in one piece, 900 codes in 1.2 ms.
BATCH = 50
MAX_SESSIONS = 16  # networks kept ready, a few MB each


def one_hot(labels: Any, count: int, classes: int) -> np.ndarray:
    """Return labels, whole numbers (count,) or one for all, one-hot: (count, classes), float32.

    Raises RunError for others.
    """
    with suppress(ValueError, TypeError):  # another number of labels, or no numbers
        found = np.broadcast_to(np.asarray(labels), (count,))
        if found.dtype.kind in "iu" and ((found >= 0) & (found < classes)).all():
            return np.eye(classes, dtype=np.float32)[found]
    raise RunError(
        f"A conditional run needs a class from 0 to {classes - 1} for each image or code, of "
        f"which there are {count:,}. Received: {' '.join(repr(labels).split()):.80}"
    )


def encode(
    path: Path,
    images: np.ndarray,
    image_shape: tuple[int, int, int],
    labels: Any = None,
    classes: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Encode images (N, H, W, C), uint8 or floats in [0, 1] -> mean, log_var (N, d).

    labels: as `one_hot` takes them, for a network that takes one of so many classes. Raises
    RunError for images of another shape or range, and for a file that is not this run's network.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1:] != image_shape:
        raise RunError(
            f"This run encodes images of shape (N, {', '.join(map(str, image_shape))}). "
            f"Received: {images.shape}"
        )
    if images.dtype == np.uint8:
        scale = np.float32(255.0)
    elif np.all((images >= -TOLERANCE) & (images <= 1.0 + TOLERANCE)):
        scale = np.float32(1.0)
    else:  # NaN too: it compares as False
        raise RunError(
            f"Images are uint8, or floats in [0, 1]. Received: {images.dtype} from "
            f"{images.min()} to {images.max()}"
        )
    parts = [
        _run(path, image=batch.astype(np.float32) / scale, **label)
        for batch, label in _batches(images, labels, classes)
    ]
    mean, log_var = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return mean, log_var


def decode(
    path: Path, z: np.ndarray, latent_dim: int, labels: Any = None, classes: int = 0
) -> np.ndarray:
    """Decode z (N, d) -> images (N, H, W, C), float32 in [0, 1]; labels as in `encode`.

    Raises RunError for codes of another shape, and as `encode`.
    """
    parts = _batches(_codes(z, latent_dim), labels, classes)
    return np.concatenate([_run(path, z=batch, **label)[0] for batch, label in parts])


def _codes(z: Any, latent_dim: int) -> np.ndarray:
    with suppress(ValueError, TypeError):  # text, or rows of different lengths
        codes = np.asarray(z, dtype=np.float32)
        if codes.ndim == 2 and codes.shape[1] == latent_dim and np.isfinite(codes).all():
            return codes
    raise RunError(
        f"This run decodes finite numbers of shape (N, {latent_dim}). "
        f"Received: {' '.join(repr(z).split()):.200}"
    )


def _run(path: Path, **inputs: np.ndarray) -> list[np.ndarray]:
    try:
        with open_regular(path):  # ONNX Runtime would wait at a pipe
            changed = path.stat().st_mtime_ns
        return _session(path, changed).run(None, inputs)
    except FileNotFoundError:
        raise RunError(f"This run has no model yet. Received: {path.parent}") from None
    except Exception as error:
        # ONNX Runtime raises its own exception classes, with no common base but Exception.
        raise RunError(
            f"{path.name} must be this run's network, as ONNX. Received: {path} "
            f"({' '.join(str(error).split()):.120})"
        ) from None


@lru_cache(maxsize=MAX_SESSIONS)
def _session(path: Path, changed: int) -> _Network:
    """Open a network; `changed` makes a rewritten file a new entry."""
    onnxruntime: Any = importlib.import_module("onnxruntime")  # slow
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # many visitors share two cores
    options.enable_cpu_mem_arena = False  # no memory is kept between calls
    options.log_severity_level = 3
    # By its bytes: not every name that a folder may have is text to ONNX Runtime.
    return onnxruntime.InferenceSession(
        path.read_bytes(), options, providers=["CPUExecutionProvider"]
    )


def _batches(
    array: np.ndarray, labels: Any, classes: int
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Yield what a network takes at once: a part of the array, and its labels if it takes any."""
    encoded = one_hot(labels, len(array), classes) if classes else None
    for start in range(0, max(len(array), 1), BATCH):
        part = slice(start, start + BATCH)
        yield array[part], {} if encoded is None else {"label": encoded[part]}
