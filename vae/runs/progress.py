"""How far a job beside training is, and what it failed of: a small file in the run's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from vae.errors import RunError
from vae.files import write_json
from vae.schema import Share, Words, read

__all__ = ["Progress", "end_progress", "read_progress", "write_progress"]


@dataclass(frozen=True)
class Progress:
    """share: of the work that is done, 0 to 1. trouble: why it failed, in words, or ""."""

    share: float = 0.0
    trouble: str = ""


class _File(TypedDict):
    share: Share
    trouble: Words


def write_progress(folder: Path, job: str, share: float, trouble: str = "") -> None:
    """Write how far a job is; it goes on where that cannot be written."""
    try:
        write_json(_path(folder, job), {"share": share, "trouble": trouble})
    except OSError:
        return  # a full disk: what the job itself writes will say so


def end_progress(folder: Path, job: str) -> None:
    """Remove what was told of a job, since it is done."""
    _path(folder, job).unlink(missing_ok=True)


def read_progress(folder: Path, job: str) -> Progress:
    """Return what was told last, or nothing yet."""
    try:
        told = read(_path(folder, job), _File)
    except (FileNotFoundError, RunError):
        return Progress()
    return Progress(min(told["share"], 1.0), told["trouble"])


def _path(folder: Path, job: str) -> Path:
    return folder / f"{job}-progress.json"
