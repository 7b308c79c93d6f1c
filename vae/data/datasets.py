"""Data sets: finding, downloading, reading and verifying them; images stay uint8."""

from __future__ import annotations

import copy
import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal

import numpy as np

from vae.data import digits
from vae.data.dataset_checks import (
    check_names,
    check_pair,
    checked_class_names,
    checked_images,
    checked_labels,
)
from vae.data.dataset_files import fetch, locate, read_arrays
from vae.data.download import OnProgress
from vae.data.holdout import split_arrays, test_counts
from vae.data.own_sets import ARRAYS, OwnSet, find_own, own_sets, read_own
from vae.data.specs import DATASETS, DatasetSpec
from vae.environment import is_public
from vae.errors import DatasetError

if TYPE_CHECKING:
    from vae.data.importing.treatment import Treatment

__all__ = ["Dataset", "find_dataset", "load_dataset", "spec_of"]


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
    treatment: Treatment | None = None  # what pictures became these images by; None: not known

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

    @classmethod
    def from_arrays(
        cls,
        name: str,
        images: np.ndarray,
        labels: np.ndarray | None = None,
        *,
        class_names: Sequence[str] | None = None,
        is_test: np.ndarray | None = None,
        test_fraction: float = 0.2,
        seed: int = 0,
        source: str = "arrays",
        treatment: Treatment | None = None,
    ) -> Dataset:
        """Make a data set of one's own images.

        images: uint8 (N, H, W, C) or (N, H, W). labels: whole numbers (N,); None: one class.
        is_test: bool (N,); None: a fraction of each class, all copies of an image on one side.
        treatment: of pictures that became these images, for others to be asked about later.
        Raises DatasetError for what no model could learn from.
        """
        pixels = np.asarray(images)
        pixels = checked_images(pixels[..., None] if pixels.ndim == 3 else pixels, "images", name)
        if labels is None:
            labels, class_names = np.zeros(len(pixels), np.uint8), class_names or ("all",)
        names = class_names or [f"{label}" for label in range(int(np.max(labels, initial=0)) + 1)]
        known = checked_labels(labels, "labels", name, len(checked_class_names(names, name)))
        check_pair(pixels, known, pixels.shape[1:], "whole", name)
        if is_test is None:
            parts = split_arrays(pixels, known, test_counts(known, test_fraction, name), seed)
        elif np.shape(is_test) != known.shape:
            needs = f"{name} needs is_test (N,), one for each of {len(known):,} images"
            raise DatasetError(f"{needs}. Received: {np.shape(is_test)}")
        else:
            train = ~np.asarray(is_test, bool)
            parts = {"x_train": pixels[train], "x_test": pixels[~train]}
            parts |= {"y_train": known[train], "y_test": known[~train]}
        x_train, y_train, x_test, y_test = (parts[each] for each in ARRAYS)
        return cls(name, name, x_train, y_train, x_test, y_test, tuple(names), source, treatment)

    @classmethod
    def from_folder(
        cls,
        path: str | PathLike[str],
        *,
        name: str | None = None,
        size: int = 28,
        color: bool = False,
        fit: Literal["crop", "pad"] = "crop",
        invert: Literal["auto", "yes", "no"] = "auto",
        paper: bool = False,
        test_fraction: float = 0.2,
        seed: int = 0,
    ) -> Dataset:
        """Make a data set of a folder, a zip or a file of pictures: one folder a class, or none.

        Each becomes a square of size x size (8 to 64) pixels: its middle ("crop"), or all of it
        and a border ("pad"). Drawings that are dark on a bright ground are inverted ("auto");
        of photographed ones the ink alone is taken (paper).
        Folders train and test are the split; else as `from_arrays`.
        Warns of files that cannot be read, by name. Raises DatasetError if none can.
        """
        from vae.data.importing.reading import import_pictures
        from vae.data.importing.treatment import Treatment

        where = Path(path)
        found = import_pictures(where, Treatment(size, color, fit, invert, paper))
        if found.refused:
            some = "; ".join(f"{each.name}: {each.reason}" for each in found.refused[:3])
            count = f"{len(found.refused):,} file{'s' * (len(found.refused) != 1)}"
            warnings.warn(f"{count} of {where.name} left out: {some}", stacklevel=2)
        return cls.from_arrays(
            name or where.stem,
            found.images,
            found.labels,
            class_names=found.class_names,
            is_test=found.test,
            test_fraction=test_fraction,
            seed=seed,
            source=str(where),
            treatment=found.treatment,
        )

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


def find_dataset(name: str) -> str | None:
    """Say where on this machine the data set is, without reading it; None if it is not there.

    Raises DatasetError for an unknown name.
    """
    spec = _spec(name)
    if isinstance(spec, OwnSet):
        return str(spec.path)
    if not spec.archive:
        return digits.SOURCE
    location = locate(spec)
    return None if location is None else str(location)


def load_dataset(
    name: str, *, download: bool = True, on_progress: OnProgress | None = None
) -> Dataset:
    """Load and verify a data set; one that is not on this machine is downloaded, where it can be.

    Looks into the folder VAE_DATA_DIR, then into Keras's cache folder; for Animals also into the
    package animal_mnist. One of your own has the name under which it was added. While a download
    runs, on_progress(done_bytes, total_bytes) is called; without it a bar goes to standard error.
    Raises DatasetError for an unknown name and for data that is missing, damaged or foreign.
    """
    spec = _spec(name)
    if isinstance(spec, OwnSet):
        source, arrays = str(spec.path), read_own(spec)
    elif spec.archive:
        location = locate(spec) or fetch(spec, download, on_progress)
        source, arrays = str(location), read_arrays(spec, location)
        if spec.held_out:
            arrays = split_arrays(arrays["images"], arrays["labels"], spec.held_out)
    else:
        source, arrays = digits.SOURCE, digits.load_digits()
    # (N, H, W) -> (N, H, W, 1)
    arrays = {key: array[..., None] if array.ndim == 3 else array for key, array in arrays.items()}
    made = spec.treatment if isinstance(spec, OwnSet) else None
    x_train, y_train, x_test, y_test = (arrays[each] for each in ARRAYS)
    return Dataset(
        name, spec.title, x_train, y_train, x_test, y_test, spec.class_names, source, made
    )


def spec_of(name: str) -> DatasetSpec | OwnSet | None:
    """Return what is known of a data set before it is read; None for an unknown name."""
    return DATASETS.get(name) or find_own(name)


def _spec(name: str) -> DatasetSpec | OwnSet:
    spec = spec_of(name)
    if spec is None:
        how = ". Pictures of your own: vae.Dataset.from_folder in Python, or python -m vae data add"
        # Where strangers share the server, nobody learns what others' are called.
        own = [] if is_public() else [each.name for each in own_sets()]
        raise DatasetError(
            f"The data set must be one of {', '.join([*DATASETS, *own])}"
            f"{how if _is_path(name) else ''}. Received: {name}."
        )
    return spec


def _is_path(name: str) -> bool:
    """Whether a name is meant as that of a file or folder."""
    return bool(PurePath(name).suffix) or name != PurePath(name).name
