"""How far a job beside training is, and why it failed: a small file in the run's folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

from vae.errors import RunError
from vae.files import write_json
from vae.runs.layout import progress_file
from vae.schemas.reading import Fraction, Seconds, Words, read

__all__ = ["Progress", "end_progress", "progress_writer", "read_progress", "write_progress"]

STEP = 0.005  # a file for each


@dataclass(frozen=True)
class Progress:
    """fraction: of the work that is done, 0 to 1. error: why it failed, in words, or "".

    seconds: that all of the work was expected to take when it began; 0 where nothing says so.
    """

    fraction: float = 0.0
    error: str = ""
    seconds: float = 0.0


class _File(TypedDict):
    share: Fraction
    trouble: Words
    seconds: NotRequired[Seconds]


def write_progress(
    folder: Path, job: str, fraction: float, error: str = "", seconds: float = 0.0
) -> None:
    """Write how far a job is, as `Progress` has it; it continues where that cannot be written."""
    values = {"share": fraction, "trouble": error, "seconds": seconds}
    try:
        write_json(folder / progress_file(job), values)
    except OSError:
        return  # a full disk: what the job itself writes will say so


def progress_writer(folder: Path, job: str, seconds: float = 0.0) -> Callable[[float], None]:
    """Return what writes a job's fraction, not more often than it changes visibly."""
    written = 0.0

    def on_progress(fraction: float) -> None:
        nonlocal written
        if fraction >= written + STEP:
            written = fraction
            write_progress(folder, job, fraction, seconds=seconds)

    return on_progress


def end_progress(folder: Path, job: str) -> None:
    """Remove what is known of a job, since it is done."""
    (folder / progress_file(job)).unlink(missing_ok=True)


def read_progress(folder: Path, job: str) -> Progress:
    """Return what was written last; fraction 0 where nothing was."""
    try:
        found = read(folder / progress_file(job), _File)
    except (FileNotFoundError, RunError):
        return Progress()
    return Progress(min(found["share"], 1.0), found["trouble"], found.get("seconds", 0.0))
