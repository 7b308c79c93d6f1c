"""Data sets: finding, downloading, reading and verifying them; images stay uint8."""

from __future__ import annotations

import copy
import hashlib
import importlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any

import numpy as np

from vae.data.dataset_checks import (
    check_names,
    check_pair,
    checked_class_names,
    checked_images,
    checked_labels,
)
from vae.data.dataset_files import fetch, locate, read_arrays
from vae.data.download import OnProgress
from vae.data.holdout import hold_out
from vae.data.specs import DATASETS, DatasetSpec
from vae.errors import DatasetError

__all__ = ["Dataset", "find_dataset", "load_dataset"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels, split into training and test.

    Images: uint8 (N, H, W, C), 0 to 255, with 1 or 3 channels. Labels: whole numbers (N,), indices
    into class_names, which become uint8. The arrays are read-only, since all visitors share them.
    Raises DatasetError for what no model could learn from.
    """

    name: str
    title: str
    x_train: np.ndarray = field(repr=False)
    y_train: np.ndarray = field(repr=False)
    x_test: np.ndarray = field(repr=False)
    y_test: np.ndarray = field(repr=False)
    class_names: tuple[str, ...]
    source: str  # where the data came from: a path, or a few words

    def __post_init__(self) -> None:
        check_names(self.name, self.title)
        object.__setattr__(self, "class_names", checked_class_names(self.class_names, self.title))
        for part, words in (("train", "training"), ("test", "test")):
            x, y = f"x_{part}", f"y_{part}"
            images = checked_images(getattr(self, x), x, self.title)
            labels = checked_labels(getattr(self, y), y, self.title, self.classes)
            self._set(x, images)
            check_pair(images, labels, self.image_shape, words, self.title)
            self._set(y, labels)

    def _set(self, name: str, array: np.ndarray) -> None:
        view = array.view()  # the caller's own array stays writeable
        view.flags.writeable = False
        object.__setattr__(self, name, view)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of one image."""
        return self.x_train.shape[1:]

    @property
    def classes(self) -> int:
        """How many classes the labels tell apart."""
        return len(self.class_names)

    @cached_property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that other images or labels would not have; 60 ms for MNIST."""
        digest = hashlib.blake2b(digest_size=16)
        for array in (self.x_train, self.y_train, self.x_test, self.y_test):
            digest.update(f"{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def without_training_images(self) -> Dataset:
        """Return the same data set with an empty training part, for who needs the test alone."""
        rest = copy.copy(self)  # not made anew: that wants training images
        for name in ("x_train", "y_train"):
            rest._set(name, getattr(self, name)[:0].copy())
        return rest


_DIGITS_SOURCE = "scikit-learn's load_digits"


def find_dataset(name: str) -> str | None:
    """Say where on this machine the data set is, without reading it; None if it is not there.

    Raises DatasetError for an unknown name.
    """
    spec = _spec(name)
    if not spec.arrays:
        return _DIGITS_SOURCE
    location = locate(spec)
    return None if location is None else str(location)


def load_dataset(
    name: str, *, download: bool = True, on_progress: OnProgress | None = None
) -> Dataset:
    """Load and verify a data set; one that is not on this machine is downloaded, where it can be.

    Looks into the folder VAE_DATA_DIR, then into Keras's cache folder; for Animals also into the
    package animal_mnist. While a download runs, on_progress(done_bytes, total_bytes) is called;
    without it a bar goes to standard error. Raises DatasetError for an unknown name and for data
    that is missing, damaged or foreign.
    """
    spec = _spec(name)
    if spec.arrays:
        location = locate(spec) or fetch(spec, download, on_progress)
        source, arrays = str(location), read_arrays(spec, location)
    else:
        source, arrays = _DIGITS_SOURCE, _load_digits()
    if spec.held_out:
        arrays = _split(arrays["images"], arrays["labels"], spec.held_out)
    # (N, H, W) -> (N, H, W, 1)
    arrays = {key: array[..., None] if array.ndim == 3 else array for key, array in arrays.items()}
    return Dataset(
        name=name, title=spec.title, class_names=spec.class_names, source=source, **arrays
    )


def _spec(name: str) -> DatasetSpec:
    if name not in DATASETS:
        own = ". Images of your own become a vae.Dataset in Python" if _is_path(name) else ""
        raise DatasetError(
            f"The data set must be one of {', '.join(DATASETS)}{own}. Received: {name}."
        )
    return DATASETS[name]


def _is_path(name: str) -> bool:
    """Whether a name is meant as that of a file or folder."""
    return bool(PurePath(name).suffix) or name != PurePath(name).name


def _load_digits() -> dict[str, np.ndarray]:
    """Read scikit-learn's 1,797 digits of 8 x 8 pixels; a fixed 360 of them are the test images."""
    # Slow to import, and without types.
    datasets: Any = importlib.import_module("sklearn.datasets")
    model_selection: Any = importlib.import_module("sklearn.model_selection")
    pixels, targets = datasets.load_digits(return_X_y=True)
    images = np.rint(pixels.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)  # 0..16 -> 0..255
    labels = targets.astype(np.uint8)
    parts = model_selection.train_test_split(
        images, labels, test_size=360, stratify=labels, random_state=0
    )
    names = ("x_train", "x_test", "y_train", "y_test")
    return dict(zip(names, parts, strict=True))


def _split(images: np.ndarray, labels: np.ndarray, held_out: int) -> dict[str, np.ndarray]:
    """Split images (N, H, W) into those for training and, of each class, some for tests."""
    train, test = hold_out(images, labels, held_out)
    return {
        "x_train": images[train],
        "y_train": labels[train],
        "x_test": images[test],
        "y_test": labels[test],
    }
