"""From arrays of numbers to images, treated as pictures are."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from vae.data.importing.array_sources import ArraySet
from vae.data.importing.contents import Imported, Order
from vae.data.importing.names import LONGEST_CLASS, NO_CLASS, clean
from vae.data.importing.pictures import SHOWN, evenly, finished
from vae.data.importing.treatment import fitted
from vae.errors import DatasetError

__all__ = ["class_names_of", "import_arrays", "shaped"]


def shaped(images: np.ndarray) -> np.ndarray:
    """Return images as (N, H, W, C), C of 1, 3 or 4, from that, (N, H, W), (N, C, H, W) or (N, D).

    Raises DatasetError for any other shape.
    """
    shape = images.shape
    if 0 not in shape:
        if images.ndim == 3:
            return images[..., None]
        if images.ndim == 4 and shape[3] in (1, 3, 4):
            return images
        if images.ndim == 4 and shape[1] in (1, 3, 4):
            return images.transpose(0, 2, 3, 1)
        side = math.isqrt(shape[1]) if images.ndim == 2 else 0
        if side and side * side == shape[1]:
            return images.reshape(-1, side, side, 1)
    raise DatasetError(f"Pictures in an array (N, H, W, C) were expected. Received: {shape}")


def class_names_of(pictures: ArraySet) -> list[str]:
    """Return the class of each picture as text; one-hot labels count as numbers."""
    if pictures.labels is None:
        return [NO_CLASS] * len(pictures.images)
    labels = np.asarray(pictures.labels)
    if labels.ndim == 2:
        labels = labels.argmax(axis=1) if labels.shape[1] > 1 else labels[:, 0]
    if labels.shape != pictures.images.shape[:1]:
        raise DatasetError(
            f"A label for each of {len(pictures.images):,} pictures was expected. "
            f"Received: {labels.shape}"
        )
    if labels.dtype.kind == "f" and (labels == np.round(labels)).all():
        labels = labels.astype(np.int64)
    return [clean(str(label), LONGEST_CLASS) for label in labels.tolist()]


def import_arrays(pictures: ArraySet, order: Order) -> Imported:
    """Treat pictures that are numbers as ordered. Raises DatasetError."""
    treatment, caps = order.treatment, order.caps
    source = shaped(pictures.images)
    classes = class_names_of(pictures)
    chosen = evenly(classes, order.limit)
    scale = _scale(source)
    images = np.empty((len(chosen), treatment.size, treatment.size, 3), np.uint8)
    if len(chosen) > caps.files or images.nbytes > 3 * caps.output_bytes:
        raise DatasetError(
            f"At most {caps.files:,} pictures were expected. Received: {len(chosen):,}"
        )
    grey = np.empty(len(chosen), bool)
    originals: list[np.ndarray] = []
    for done, at in order.each(chosen):
        pixels = np.rint(source[at] * scale).astype(np.uint8)[..., :3]
        pixels = np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))
        grey[done] = (pixels == pixels[..., :1]).all()
        images[done] = np.asarray(fitted(Image.fromarray(pixels), treatment.size, treatment.fit))
        originals += [pixels] * (done < SHOWN)
    size = source.shape[2], source.shape[1]
    names = [classes[at] for at in chosen]
    return finished(images, names, None, order, grey, [size], originals, [])


def _scale(images: np.ndarray) -> float:
    """Return what makes numbers 0 to 255: of those up to 1, 16 (as in digits) or 255."""
    if images.dtype.kind not in "buif":
        raise DatasetError(f"Numbers were expected as pixels. Received: {images.dtype}")
    low, high = float(images.min()), float(images.max())
    if not (low >= 0 and high <= 255):  # not a number is neither
        raise DatasetError(
            f"Pixels from 0 to 255, or 0 to 1, were expected. Received: {low} to {high}"
        )
    return 255.0 if high <= 1 else 255 / 16 if high <= 16 else 1.0
