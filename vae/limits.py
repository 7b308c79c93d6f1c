"""What a run, all runs together and an import of pictures may take.

Which limits there are here says `vae.environment`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vae.errors import ConfigError

if TYPE_CHECKING:
    from vae.config import Config
    from vae.layers import ImageShape

__all__ = ["Caps", "Limits", "StorageLimits"]


@dataclass(frozen=True)
class Limits:
    """What one run may use; 0 is no limit."""

    epochs: int = 0
    seconds: float = 0.0
    parameters: int = 0

    def check(self, config: Config, image_shape: ImageShape, classes: int) -> None:
        """Raise ConfigError if a configuration asks for more on images of so many classes."""
        # The process that reads an import's arrays needs `Caps` alone, and is there sooner.
        from vae.architecture import summarize

        requested = {
            "epochs": config.epochs,
            "parameters": summarize(config, image_shape, classes).total,
        }
        for name, value in requested.items():
            limit = getattr(self, name)
            if limit and value > limit:
                raise ConfigError(
                    f"On this server a run has at most {limit:,} {name}. Received: {value:,}"
                )

    def in_words(self) -> str:
        """Return the limits as a sentence, or "" if there are none."""
        parts: list[str] = []
        if self.epochs:
            parts.append(f"{self.epochs:,} epochs")
        if self.seconds:
            minutes = self.seconds / 60
            parts.append(f"{minutes:g} minute{'s' * (minutes != 1)} of training")
        if self.parameters:
            parts.append(f"{self.parameters:,} parameters")
        return f"On this server a run has at most {', '.join(parts)}." if parts else ""


@dataclass(frozen=True)
class StorageLimits:
    """What runs may take of the disk; 0 is no limit.

    free_megabytes: how much of the disk new runs leave free. runs_megabytes: all runs together.
    keep_days: how long a run stays after it last trained, even if its space is needed; 0 is for
    ever.
    """

    free_megabytes: float = 0.0
    runs_megabytes: float = 0.0
    keep_days: float = 0.0

    def kept_until(self, used: float) -> datetime.date | None:
        """Return the last day (UTC) of what was last used then (Unix time); None: for ever."""
        if not self.keep_days:
            return None
        return datetime.datetime.fromtimestamp(used + self.keep_days * 86_400, datetime.UTC).date()

    def in_words(self) -> str:
        """Return how long runs are kept as a sentence, or "" if that is for ever."""
        if not self.keep_days:
            return ""
        days = f"{self.keep_days:g} day{'s' * (self.keep_days != 1)}"
        return f"A run is kept for {days} after it last trained, then until its space is needed."


@dataclass(frozen=True)
class Caps:
    """The most that an import of pictures may take.

    files: pictures. file_bytes: of one. total_bytes: of all, unpacked; of a table or arrays half.
    ratio: of a member's size to its size in the zip. output_bytes: of the images that come out.
    """

    files: int = 70_000
    file_bytes: int = 25_000_000
    total_bytes: int = 1_000_000_000
    ratio: int = 200
    classes: int = 256
    output_bytes: int = 200_000_000

    @property
    def array_bytes(self) -> int:
        """Of a table or the arrays of a file, unpacked: MNIST as 64-bit fractions takes 440 MB."""
        return self.total_bytes // 2

    def in_words(self) -> str:
        """Return the caps as a sentence for who chooses the files."""
        return (
            f"At most {self.files:,} pictures, {_megabytes(self.file_bytes)} each and "
            f"{_megabytes(self.total_bytes)} in all; an array file or table of at most "
            f"{_megabytes(self.array_bytes)}; {self.classes} classes."
        )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.10g} MB"
