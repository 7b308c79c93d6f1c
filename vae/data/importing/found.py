"""What a reader of array files finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from vae.data.importing.array_labels import Labels
from vae.data.importing.contents import ArrayInfo
from vae.data.importing.numbers import Numbers

__all__ = ["Found", "Part", "PictureFiles"]


@dataclass(frozen=True)
class PictureFiles:
    """Files of pictures, each with its name."""

    count: int
    files: Iterable[tuple[str, bytes]]


@dataclass(frozen=True)
class Part:
    """Pictures and what their labels say; is_test: set aside for testing."""

    images: Numbers | PictureFiles
    labels: Labels | None = None
    is_test: bool = False

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return self.images.shape[0] if isinstance(self.images, Numbers) else self.images.count


class Found(NamedTuple):
    """The parts of a file, the names that it gives to classes, and its arrays to pick from."""

    parts: tuple[Part, ...]
    class_names: tuple[str, ...] = ()
    arrays: tuple[ArrayInfo, ...] = ()
