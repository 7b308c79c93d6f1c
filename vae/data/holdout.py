"""Which images of a data set are its test images, where its maker has chosen none."""

from __future__ import annotations

import numpy as np

__all__ = ["hold_out"]


def hold_out(
    images: np.ndarray, labels: np.ndarray, of_each_class: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return indices of the training and of the test images, both in random order.

    images: (N, ...). labels: (N,), whole numbers. There are `of_each_class` test images of each
    class. All copies of an image are on one side, so that no test image was trained on; copies have
    one class. The same images give the same indices.
    """
    # Of all of NumPy's random numbers these alone never change from one version to the next.
    random = np.random.RandomState(seed)
    # Of one order the first would be of whichever classes have all their test images.
    order, mixed = random.permutation(len(images)), random.permutation(len(images))
    first: dict[bytes, int] = {}
    original = np.array([first.setdefault(each.tobytes(), at) for at, each in enumerate(images)])
    copies = np.bincount(original, minlength=len(images))  # of an image; 0 for each further copy
    remaining = np.full(labels.max() + 1, of_each_class)
    is_test = np.zeros(len(images), bool)
    for index in order:
        if 0 < copies[index] <= remaining[labels[index]]:
            remaining[labels[index]] -= copies[index]
            is_test |= original == index
    return mixed[~is_test[mixed]], mixed[is_test[mixed]]
