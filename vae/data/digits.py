"""Digits, the small data set that comes with scikit-learn and needs no file."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

__all__ = ["SOURCE", "load_digits"]

SOURCE = "scikit-learn's load_digits"
TEST_IMAGES = 360


def load_digits() -> dict[str, np.ndarray]:
    """Read 1,797 digits of 8 x 8 pixels; a fixed 360 of them are the test images."""
    # Slow to import, and without types.
    datasets: Any = importlib.import_module("sklearn.datasets")
    model_selection: Any = importlib.import_module("sklearn.model_selection")
    pixels, targets = datasets.load_digits(return_X_y=True)
    images = np.rint(pixels.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)  # 0..16 -> 0..255
    labels = targets.astype(np.uint8)
    parts = model_selection.train_test_split(
        images, labels, test_size=TEST_IMAGES, stratify=labels, random_state=0
    )
    names = ("x_train", "x_test", "y_train", "y_test")
    return dict(zip(names, parts, strict=True))
