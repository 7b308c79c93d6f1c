"""What is known of a data set before it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vae.data.array_files import ArraySpec
from vae.data.download import RemoteFile

__all__ = ["Convert", "DatasetSpec", "Package"]

# From the downloaded files, in their order, to arrays uint8: x_train, y_train, x_test, y_test.
Convert = Callable[[Sequence[Path]], dict[str, np.ndarray]]


@dataclass(frozen=True)
class Package:
    """A Python package that holds a data set: its files in it, one an array, and its licence."""

    name: str
    licence: str
    files: tuple[str, ...]

    @property
    def command(self) -> str:
        """How it is installed: without what its own code needs, since the files alone are read."""
        return f"pip install --no-deps {self.name}"


@dataclass(frozen=True)
class DatasetSpec:
    """What is known of a data set before it is read; one without an archive is scikit-learn's.

    The arrays are x_train, y_train, x_test and y_test; or, where some are `held_out`, images and
    labels. Of one that is converted the checksums of the downloaded files alone are known.
    """

    title: str
    class_names: tuple[str, ...]
    image_shape: tuple[int, int, int]
    fingerprint: str = ""  # `Dataset.fingerprint`, where the data could be had
    archive: str = ""  # an npz file with all arrays
    folder: str = ""  # or a folder with the downloaded files: of gzipped idx files one an array
    package: Package | None = None  # or a package with one gzipped pickle an array
    files: tuple[RemoteFile, ...] = ()  # to download: the archive, or what lies in the folder
    convert: Convert | None = None  # what makes the arrays of the downloaded files
    grey: bool = False  # the images in the archive are colour, those of the data set grey
    arrays: Mapping[str, ArraySpec] = field(default_factory=dict[str, ArraySpec])
    held_out: int = 0  # test images of each class, where the maker has chosen none
