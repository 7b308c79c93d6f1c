"""How far a job beside training is, and why it failed: a small file in the run's folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from vae.errors import RunError
from vae.files import write_json
from vae.runs.layout import progress_file
from vae.schema import Share, Words, read

__all__ = ["Progress", "end_progress", "progress_writer", "read_progress", "write_progress"]

STEP = 0.005  # a file for each


@dataclass(frozen=True)
class Progress:
    """fraction: of the work that is done, 0 to 1. trouble: why it failed, in words, or ""."""

    fraction: float = 0.0
    trouble: str = ""


class _File(TypedDict):
    share: Share
    trouble: Words


def write_progress(folder: Path, job: str, fraction: float, trouble: str = "") -> None:
    """Write how far a job is; the job continues where that cannot be written."""
    try:
        write_json(folder / progress_file(job), {"share": fraction, "trouble": trouble})
    except OSError:
        return  # a full disk: what the job itself writes will say so


def progress_writer(folder: Path, job: str) -> Callable[[float], None]:
    """Return what writes a job's fraction, not more often than it changes visibly."""
    written = 0.0

    def on_progress(fraction: float) -> None:
        nonlocal written
        if fraction >= written + STEP:
            written = fraction
            write_progress(folder, job, fraction)

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
    return Progress(min(found["share"], 1.0), found["trouble"])
