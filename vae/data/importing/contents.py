"""What is found in a file or folder of pictures, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np

from vae.data.importing.treatment import Treatment
from vae.limits import Caps

__all__ = [
    "ArrayChoice",
    "ArrayInfo",
    "Caps",
    "Contents",
    "Imported",
    "OnProgress",
    "Order",
    "Refusal",
]

T = TypeVar("T")
OnProgress = Callable[[int, int], object]


class Refusal(NamedTuple):
    """A file that was not read, and why, in words for the person at the screen."""

    name: str
    reason: str


class Order(NamedTuple):
    """What is to be imported, how, and who hears of it. limit: pictures at most, or None."""

    treatment: Treatment
    caps: Caps
    limit: int | None
    on_progress: OnProgress | None

    def wait(self) -> None:
        """Tell that nothing is done yet: another process reads."""
        if self.on_progress is not None:
            self.on_progress(0, 1)

    def each(self, items: Sequence[T]) -> Generator[tuple[int, T]]:
        """Yield items with their indices, telling how many are done."""
        for index, item in enumerate(items):
            yield index, item
            if self.on_progress is not None:
                self.on_progress(index + 1, len(items))


class ArrayInfo(NamedTuple):
    """An array in a file, as its header describes it."""

    name: str
    shape: tuple[int, ...]
    dtype: str


class ArrayChoice(NamedTuple):
    """Which arrays of an NPZ file are the pictures and the labels (None: there are none)."""

    images: str
    labels: str | None = None


@dataclass(frozen=True)
class Contents:
    """What is in a file or folder, before pixels are decoded.

    kind: "zip", "folder", "image", "npz", "npy", "idx", "csv" or "parquet". classes: their counts.
    arrays: to pick from, as one must where count is 0. test_count: of pictures that the source sets
    aside for testing.
    """

    kind: str
    count: int
    classes: dict[str, int] = field(default_factory=dict[str, int])
    arrays: tuple[ArrayInfo, ...] = ()
    refused: tuple[Refusal, ...] = ()
    test_count: int = 0


@dataclass(frozen=True)
class Imported:
    """Pictures as images. images: uint8 (N, H, W, C); labels: uint8 (N,); test: bool (N,) or None.

    sizes: (width, height) of the smallest, median and largest picture by area. aspects: width by
    height of the narrowest, median and widest. channels: 1 and 3, those found. originals: the first
    few as uint8 (h, w, 3) before treatment, as images[:K]. treatment: as it was, so that "auto"
    became "yes" or "no".
    """

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    test: np.ndarray | None
    sizes: tuple[tuple[int, int], ...]
    aspects: tuple[float, float, float]
    channels: tuple[int, ...]
    originals: tuple[np.ndarray, ...]
    treatment: Treatment
    refused: tuple[Refusal, ...] = ()

    @property
    def inverted(self) -> bool:
        """Whether bright became dark."""
        return self.treatment.invert == "yes"
