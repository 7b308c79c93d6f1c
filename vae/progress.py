"""How far a job beside training is, and what it failed of: a small file in the run's folder."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from vae.files import read_json, write_json

__all__ = ["Progress", "end_progress", "read_progress", "tell_progress"]


@dataclass(frozen=True)
class Progress:
    """share: of the work that is done, 0 to 1. trouble: why it failed, in words, or ""."""

    share: float = 0.0
    trouble: str = ""


def tell_progress(folder: Path, job: str, share: float, trouble: str = "") -> None:
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
        told = read_json(_path(folder, job))
        share, trouble = float(told["share"]), str(told["trouble"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Progress()
    return Progress(min(max(share, 0.0), 1.0) if math.isfinite(share) else 0.0, trouble)


def _path(folder: Path, job: str) -> Path:
    return folder / f"{job}-progress.json"
