"""Which images of a data set are its test images, where its maker has chosen none."""

from __future__ import annotations

import hashlib

import numpy as np

from vae.errors import DatasetError

__all__ = ["content_key", "hold_out", "split_arrays", "test_counts"]


def hold_out(
    images: np.ndarray, labels: np.ndarray, of_each_class: int | np.ndarray, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return indices of the training and of the test images, both in random order.

    images: (N, ...). labels: (N,), whole numbers. There are `of_each_class` test images of each
    class: a number, or one for each (classes,). All copies of an image are on one side, so that no
    test image was trained on, even where they have several classes. The same images give the same
    indices.
    """
    # Of all of NumPy's random numbers these alone never change from one version to the next.
    random = np.random.RandomState(seed)
    # Of one order the first would be of whichever classes have all their test images.
    order, mixed = random.permutation(len(images)), random.permutation(len(images))
    first: dict[bytes, int] = {}
    original = np.array([first.setdefault(content_key(each), at) for at, each in enumerate(images)])
    copies = np.bincount(original, minlength=len(images))  # of an image; 0 for each further copy
    remaining = np.full(labels.max() + 1, of_each_class)
    is_test = np.zeros(len(images), bool)
    for index in order:
        label = labels[index]
        if not (copies[index] and remaining[label]):
            continue
        if copies[index] == 1:  # as of most
            remaining[label] -= 1
            is_test[index] = True
            continue
        group = original == index
        of_each = np.bincount(labels[group], minlength=len(remaining))
        if (of_each <= remaining).all():
            remaining -= of_each
            is_test |= group
    return mixed[~is_test[mixed]], mixed[is_test[mixed]]


def content_key(image: np.ndarray) -> bytes:
    """Return 16 bytes that an image of other pixels would not have."""
    return hashlib.blake2b(np.ascontiguousarray(image), digest_size=16).digest()


def split_arrays(
    images: np.ndarray, labels: np.ndarray, held_out: int | np.ndarray, seed: int = 0
) -> dict[str, np.ndarray]:
    """Split images (N, ...) into those for training and, of each class, some for tests."""
    train, test = hold_out(images, labels, held_out, seed)
    return {
        "x_train": images[train],
        "y_train": labels[train],
        "x_test": images[test],
        "y_test": labels[test],
    }


def test_counts(labels: np.ndarray, fraction: float, title: str) -> np.ndarray:
    """Return how many test images each class should have (classes,): a fraction of its images.

    labels: (N,), whole numbers. Of a class with two images or more, one at least is on each side.
    Raises DatasetError for a fraction that is not above 0 and below 1, and if no class has two.
    """
    if not 0 < fraction < 1:
        raise DatasetError(
            f"The test images must be a fraction above 0 and below 1. Received: {fraction!r:.40}"
        )
    counts = np.bincount(labels)
    wanted = np.clip(np.rint(fraction * counts).astype(int), np.minimum(1, counts), None)
    wanted = np.minimum(wanted, np.maximum(counts - 1, 0))
    if not wanted.any():
        raise DatasetError(
            f"{title} needs two images of a class at least: one to train on, one to test. "
            f"Received: {len(labels)} images"
        )
    return wanted
