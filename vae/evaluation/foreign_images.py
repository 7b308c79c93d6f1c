"""Pictures that a model was not trained on: noise, simple shapes, and the images of other data."""

from __future__ import annotations

import numpy as np
from PIL import Image

from vae.data.datasets import find_dataset, load_dataset
from vae.data.specs import DATASETS
from vae.data.user_images import fit_picture
from vae.runs.run import Run
from vae.runs.run_images import known_dataset
from vae.runs.store import RunStore
from vae.statistics import some_indices

__all__ = [
    "fitted",
    "foreign_images",
    "noise_images",
    "other_datasets",
    "rectangles",
    "stored_images",
]

ImageShape = tuple[int, int, int]
# Both take digits of NIST's Special Database 19 (Cohen et al. 2017).
SAME_DIGITS = {"mnist", "emnist_balanced"}


def noise_images(shape: ImageShape, count: int, seed: int = 0) -> np.ndarray:
    """Return pictures whose values are each as likely as any other: uint8 (count, H, W, C)."""
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), np.uint8)


def rectangles(shape: ImageShape, count: int, seed: int = 0) -> np.ndarray:
    """Return pictures of one white rectangle on black each: uint8 (count, H, W, C).

    Simpler than any data set here; Larochelle et al. 2007 classify such.
    """
    random = np.random.default_rng(seed)
    images = np.zeros((count, *shape), np.uint8)
    corners = [np.sort(random.integers(0, side, (count, 2)), axis=1) for side in shape[:2]]
    for image, (top, bottom), (left, right) in zip(images, *corners, strict=True):
        image[top : bottom + 1, left : right + 1] = 255
    return images


def other_datasets(run: Run) -> list[str]:
    """Return the names of the known data sets that share no picture with the run's own."""
    own = known_dataset(run)
    return [name for name in DATASETS if not _share_pictures(name, own)]


def _share_pictures(name: str, own: str) -> bool:
    if name == own or {name, own} == SAME_DIGITS:
        return True
    files = DATASETS[own].files if own in DATASETS else ()
    return bool(files) and DATASETS[name].files == files  # colour and grey, parts of EMNIST


def stored_images(name: str, shape: ImageShape) -> np.ndarray:
    """Return the test images of a data set that a shipped run brings: uint8 (N, H, W, C).

    One of each class, in the order of the classes, scaled to the shape; none where no run that
    ships has learned it.
    """
    for run in RunStore().list_shipped():
        if known_dataset(run) == name and "images" in run.fixed:
            return fitted(run.fixed["images"], shape)
    return np.zeros((0, *shape), np.uint8)


def foreign_images(run: Run, count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Return what a run's model never saw, by its title: uint8 (N, H, W, C), at most `count` each.

    Noise, rectangles, and test images of other data sets, chosen at random and scaled to the size
    of the run's images: all that are on this machine, and of others those that shipped runs bring.
    Nothing is downloaded.
    """
    shape = run.image_shape
    found = {
        "Noise": noise_images(shape, count, seed),
        "Rectangles": rectangles(shape, count, seed),
    }
    for name in other_datasets(run):
        if find_dataset(name) is None:
            images = stored_images(name, shape)
        else:
            images = load_dataset(name, download=False).x_test
        if len(images):
            chosen = images[some_indices(len(images), count, seed)]
            found[DATASETS[name].title] = fitted(chosen, shape)
    return found


def fitted(images: np.ndarray, shape: ImageShape) -> np.ndarray:
    """Scale images uint8 (N, H, W, C) to another shape, where theirs is another."""
    if images.shape[1:] == shape:
        return images
    pictures = (
        Image.fromarray(image.squeeze(-1) if image.shape[-1] == 1 else image) for image in images
    )
    return np.stack([fit_picture(picture.convert("RGBA"), shape) for picture in pictures])
