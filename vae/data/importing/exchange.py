"""What the server and the process that reads array files say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from vae.data.importing.contents import ArrayChoice, ArrayInfo
from vae.limits import Caps

__all__ = [
    "CLASSES",
    "ENDS",
    "IS_TEST",
    "PICTURES",
    "PIXELS",
    "REFUSED",
    "ArrayFile",
    "Report",
    "Request",
]

# Files of the folder that both see: uint8 (N, H, W, C); or the pictures' files, one after the
# other, and where each ends, uint64 (N,); the class of each, uint8 (N,); bool (N,).
PIXELS, PICTURES, ENDS, CLASSES, IS_TEST = "pixels", "pictures", "ends", "classes", "is_test"

REFUSED = 2  # the exit status


class ArrayFile(NamedTuple):
    """A file with pictures as an array, the file with their labels, and whether they are a test."""

    path: str
    labels: str | None = None
    is_test: bool = False


class Request(NamedTuple):
    """What is to be read, and the folder for it. with_pixels: not only what is there."""

    files: tuple[ArrayFile, ...]
    choice: ArrayChoice | None
    caps: Caps
    folder: str
    with_pixels: bool


@dataclass(frozen=True)
class Report:
    """What was read.

    image_shape: (H, W, C) of pixels; None if they are picture files, called as `names` say, or were
    not asked for. classes: how many pictures each has, as the classes are numbered. all_named: the
    file names them, those without a picture too. test_count: of pictures set aside for testing.
    """

    kind: str
    classes: dict[str, int]
    all_named: bool
    test_count: int
    image_shape: tuple[int, int, int] | None = None
    names: tuple[str, ...] = ()
    arrays: tuple[ArrayInfo, ...] = ()

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return sum(self.classes.values())
