"""What will hurt a model that learns these images: few of them, copies, blanks, uneven classes."""

from __future__ import annotations

import numpy as np
from PIL import Image

from vae.data.datasets import Dataset
from vae.data.holdout import content_key

__all__ = ["health"]

FEW, FEW_OF_CLASS = 1000, 20  # training images
UNEVEN = 5  # times as many images in the largest class as in the smallest
BLANK = 8  # grey levels between the darkest and the brightest pixel
NEAR = 5.0  # grey levels, root mean square: a picture that was saved again, or shifted by a hair
THUMB = 8  # pixels
COMPARED = 1000  # test images at most
AT_ONCE = 20  # of them, with all training images: 5 MB


def health(dataset: Dataset) -> list[str]:
    """Return a sentence for each thing that will hurt, the worst first; [] where nothing does."""
    known = {content_key(image) for image in dataset.x_train}
    return [
        *_few(dataset),
        *_shared(dataset, known),
        *_blank(dataset),
        *_copies(dataset, known),
        *_uneven(dataset),
    ]


def _few(dataset: Dataset) -> list[str]:
    count = len(dataset.x_train)
    if count >= FEW:
        return []
    return [
        f"Only {count:,} training images: samples will be blurred, or copies of them. A small "
        "network, shifted images and early stopping help; more pictures help most."
    ]


def _uneven(dataset: Dataset) -> list[str]:
    counts = np.bincount(dataset.y_train, minlength=dataset.classes)
    names = dataset.class_names
    said: list[str] = []
    if dataset.classes == 1:
        return ["All images are of one class: a classifier and a conditional model need two."]
    small = [names[at] for at in np.flatnonzero(counts < FEW_OF_CLASS)]
    if small:
        said.append(f"Fewer than {FEW_OF_CLASS} training images: {_listed(small)}.")
    if counts.max() >= UNEVEN * max(counts.min(), 1):
        most, least = names[int(counts.argmax())], names[int(counts.argmin())]
        said.append(
            f"Uneven classes: {counts.max():,} of {most}, {counts.min():,} of {least}. A model "
            "learns the large ones best, and accuracy counts them most."
        )
    return said


def _blank(dataset: Dataset) -> list[str]:
    images = dataset.x_train.reshape(len(dataset.x_train), -1)
    count = int((np.ptp(images, axis=1) < BLANK).sum())
    words = f"Images of one colour throughout: {count:,}. Nothing can be learned from them."
    return [words] if count else []


def _copies(dataset: Dataset, known: set[bytes]) -> list[str]:
    count = len(dataset.x_train) - len(known)
    return [f"Copies of others among the training images: {count:,}."] if count else []


def _shared(dataset: Dataset, known: set[bytes]) -> list[str]:
    """Say how many test images were trained on, or nearly: they test nothing."""
    test = dataset.x_test[:: max(1, len(dataset.x_test) // COMPARED)]
    same = np.array([content_key(image) in known for image in test], bool)
    near = _differences(test, dataset.x_train) < NEAR
    count = int((same | near).sum())
    if not count:
        return []
    of = "" if len(test) == len(dataset.x_test) else f" of {len(test):,} looked at"
    return [
        f"Test images that are nearly a training image: {count:,}{of}. Tests look better than they "
        "are. Are these frames of one film, or pictures saved twice?"
    ]


def _differences(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return how far each image is from the one among the others that looks most like it (N,).

    In grey levels, root mean square; that one is looked for among thumbnails.
    """
    few, many = _thumbs(images), _thumbs(others)
    squares = (many**2).sum(axis=1)
    parts = np.array_split(few, max(1, len(few) // AT_ONCE))
    nearest = np.concatenate([np.argmin(squares - 2 * part @ many.T, axis=1) for part in parts])
    apart = images.astype(np.float32) - others[nearest]
    return np.sqrt((apart**2).mean(axis=(1, 2, 3)))


def _thumbs(images: np.ndarray) -> np.ndarray:
    """Return images of at most 8 x 8 pixels: float32 (N, values)."""
    if images.shape[1] > THUMB:
        plain = images[..., 0] if images.shape[3] == 1 else images
        images = np.empty((len(plain), THUMB, THUMB, *plain.shape[3:]), np.uint8)
        for at, each in enumerate(plain):
            images[at] = Image.fromarray(each).resize((THUMB, THUMB), Image.Resampling.BOX)
    return images.reshape(len(images), -1).astype(np.float32)


def _listed(names: list[str]) -> str:
    some = ", ".join(names[:5])
    return some if len(names) <= 5 else f"{some} and {len(names) - 5} more"
