"""Reads files of measured figures: one that has not changed is not read again.

Pages read them at every rerun, to show them and to say which of them cannot be read.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from vae.errors import RunError
from vae.schemas.reading import read

__all__ = ["figures_fault", "read_figures"]

MAX_FILES = 2000  # a few kilobytes each: pages that compare read those of all runs at each rerun


class _Read(NamedTuple):
    values: dict[str, Any]
    fault: str


_NOTHING = _Read({}, "")


def read_figures(folder: Path, name: str, kind: Any) -> dict[str, Any]:
    """Return what a file of figures holds, of this type, {} if it is missing or damaged.

    The dictionary is the caller's own; what it holds is shared and must not be changed.
    """
    return dict(_read_cached(folder, name, kind).values)


def figures_fault(folder: Path, name: str, kind: Any) -> str:
    """Return why a file of figures reads as if it were missing, "" if it does not."""
    return _read_cached(folder, name, kind).fault


def _read_cached(folder: Path, name: str, kind: Any) -> _Read:
    try:
        found = (folder / name).stat()
    except FileNotFoundError:
        return _NOTHING
    except OSError:
        return _read(folder, name, kind)  # which says why
    return _read_once(folder, name, kind, (found.st_ino, found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=MAX_FILES)
def _read_once(folder: Path, name: str, kind: Any, mark: tuple[int, int, int]) -> _Read:
    return _read(folder, name, kind)


def _read(folder: Path, name: str, kind: Any) -> _Read:
    try:
        return _Read(read(folder / name, kind), "")
    except FileNotFoundError:
        return _NOTHING
    except RunError as error:
        return _Read({}, str(error))
