"""What the arrays and names of a data set must be, so that every model and page can use it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from vae.errors import DatasetError

__all__ = [
    "check_names",
    "check_pair",
    "checked_class_names",
    "checked_images",
    "checked_labels",
    "is_name",
]

MAX_CLASSES = 256  # labels are uint8
CHANNELS = (1, 3)


def is_name(value: Any) -> bool:
    """Whether a data set can be called so: files, addresses and commands name it."""
    return isinstance(value, str) and re.fullmatch(r"\w[\w .+-]{,63}", value) is not None


def check_names(name: Any, title: Any) -> None:
    """Raise DatasetError unless a data set has a name and a title that can be shown."""
    if not is_name(name):
        raise DatasetError(
            "A data set's name is a short word or a few, of letters, digits, '_', '-', '.', '+'; "
            f"its title may be any text. Received: {name!r:.80}"
        )
    if not (isinstance(title, str) and title.strip()):
        raise DatasetError(f"A data set needs a title. Received: {title!r:.80}")


def checked_class_names(names: Any, title: str) -> tuple[str, ...]:
    """Return the names of the classes as a tuple; raises DatasetError if they tell no class."""
    expected = f"{title} needs class names: one text for each class, all different"
    if isinstance(names, str) or not hasattr(names, "__iter__"):
        raise DatasetError(f"{expected}. Received: {names!r:.80}")
    found = tuple(names)
    wrong = [name for name in found if not (isinstance(name, str) and name.strip())]
    if wrong or not found:
        raise DatasetError(f"{expected}. Received: {wrong[0] if wrong else found!r:.80}")
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise DatasetError(f"{expected}. Received: {twice!r:.80} twice")
    if len(found) > MAX_CLASSES:
        raise DatasetError(
            f"{title} may have at most {MAX_CLASSES} classes. Received: {len(found):,}"
        )
    return found


def checked_images(images: Any, name: str, title: str) -> np.ndarray:
    """Return images uint8 (N, H, W, C); raises DatasetError if they are no such array."""
    array = np.asarray(images)
    if array.dtype != np.uint8 or array.ndim != 4 or array.shape[3] not in CHANNELS:
        raise DatasetError(
            f"{title} needs uint8 images (N, H, W, C) from 0 to 255, with 1 or 3 channels. "
            f"Received: {name} {array.dtype} {array.shape}"
        )
    if not array.size:
        raise DatasetError(
            f"{title} needs at least one training image and one test image. "
            f"Received: {name} {array.shape}"
        )
    return array


def checked_labels(labels: Any, name: str, title: str, classes: int) -> np.ndarray:
    """Return labels uint8 (N,); raises DatasetError if one of them is no class."""
    if labels is None:
        raise DatasetError(
            f"{title} needs a label for each image. Where there are none, let all be 0 and name "
            "one class: a VAE, an autoencoder and a GAN learn without labels. "
            f"Received: {name} None"
        )
    array = np.asarray(labels)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise DatasetError(
            f"{title} needs whole numbers (N,) as labels. Received: {name} {array.dtype} "
            f"{array.shape}"
        )
    low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
    if low < 0 or high >= classes:
        cure = ". These seem to count from 1: subtract 1" if low >= 1 and high == classes else ""
        raise DatasetError(
            f"{title} has {classes} class names, so its labels must be from 0 to {classes - 1}"
            f"{cure}. Received: {name} from {low} to {high}"
        )
    return array.astype(np.uint8, copy=False)


def check_pair(
    images: np.ndarray, labels: np.ndarray, shape: tuple[int, ...], name: str, title: str
) -> None:
    """Raise DatasetError unless each image has a label, and the shape of the training images.

    images: (N, H, W, C). labels: (N,). shape: (H, W, C).
    """
    if len(images) != len(labels):
        raise DatasetError(
            f"{title} needs one label for each image. "
            f"Received: {len(images):,} images and {len(labels):,} labels in the {name} part"
        )
    if images.shape[1:] != shape:
        raise DatasetError(
            f"{title} needs training and test images of one shape. "
            f"Received: {shape} and {images.shape[1:]}"
        )
