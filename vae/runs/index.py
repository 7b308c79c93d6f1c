"""What is known of a folder's runs, in one small file: of what has not changed nothing is read.

The folders are the truth. An entry counts as long as the files that it rests on have the number,
time and size that they had when they were read; without the file, or where it is damaged or of
another version, all is read from the folders again, and the file written anew.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vae.files import read_regular, replacing
from vae.runs.metadata import Metadata
from vae.runs.run import ACTIVE_STATES, Run, open_run
from vae.runs.schema import RunState, Status
from vae.runs.summary import SUMMARY_FILES, RunSummary, summarize
from vae.schemas.reading import decoder

__all__ = ["INDEX", "RunIndex"]

INDEX = ".index.json"
FORMAT = 1  # another one as soon as a summary says something else of the same folder
MAX_BYTES = 100_000_000  # a run takes about one thousand
SHARED = ("info", "config", "metadata", "status")  # parts of a `Run`
# In these a run is another one once its process is gone, and no file says so.
UNSURE = (*ACTIVE_STATES, RunState.INTERRUPTED)

Marks = tuple[tuple[int, int, int], ...]  # number, time and size of each of `SUMMARY_FILES`


class _Entry(msgspec.Struct, array_like=True):
    marks: Marks
    status: Status
    metadata: Metadata
    summary: RunSummary


class _File(msgspec.Struct):
    format: int
    runs: dict[str, _Entry]


@dataclass
class _Known:
    """A run as it was opened last, its files' marks before that, and what the table says of it."""

    marks: Marks
    run: Run
    summary: RunSummary | None = None

    @property
    def shared(self) -> dict[str, Any]:
        """What the same run need not read again."""
        parts = {name: part for name, part in [*self.run.__dict__.items()] if name in SHARED}
        if "status" in parts and parts["status"]["state"] in UNSURE:
            del parts["status"]
        return parts


class RunIndex:
    """Opens and sums up the runs of a folder, and others beside them, once for each change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, _Known] = {}
        self._is_read = self._has_changed = False

    def open(self, path: Path) -> Run:
        """Open a run; of one that has not changed since the last time nothing is read anew.

        Raises RunError as `open_run` does.
        """
        self._read_once()
        marks = _marks(path)
        known = self._known.get(path)
        if known is None or known.marks != marks:
            self._known[path] = _Known(marks, run := open_run(path))
            return run
        run = Run(path)
        run.__dict__.update(known.shared)
        known.run = run
        return run

    def summary(self, run: Run) -> RunSummary:
        """Return what the table says of a run, as it was when it was opened here last."""
        known = self._known.get(run.path)
        if known is None:
            known = self._known[run.path] = _Known(_marks(run.path), run)
        if known.summary is None:
            known.summary = summarize(run)
            self._has_changed |= known.run.state not in UNSURE
        return known.summary

    def forget(self, path: Path) -> None:
        """Drop a run whose folder is gone."""
        self._known.pop(path, None)

    def retain(self, paths: Iterable[Path]) -> None:
        """Drop all runs of the folder but these."""
        for path in {each for each in [*self._known] if each.parent == self._folder} - {*paths}:
            self.forget(path)

    def save(self) -> None:
        """Write the file if a run was summed up since; one that trains is not in it.

        Where nothing can be written, the folders are read by the next server as by this one.
        """
        if not self._has_changed:
            return
        self._has_changed = False
        runs = {
            self._key(path): _Entry(known.marks, status, known.run.metadata, known.summary)
            for path, known in [*self._known.items()]
            if known.summary is not None and (status := known.shared.get("status")) is not None
        }
        with contextlib.suppress(OSError, UnicodeEncodeError), replacing(self._path) as temporary:
            temporary.write_bytes(msgspec.json.encode(_File(FORMAT, runs), enc_hook=str))

    def _read_once(self) -> None:
        if self._is_read:
            return
        self._is_read = True
        with contextlib.suppress(OSError, ValueError, RecursionError):
            file = decoder(_File).decode(read_regular(self._path, MAX_BYTES))
            for key, entry in file.runs.items() if file.format == FORMAT else ():
                run = Run(self._folder / key)  # of another folder the key is the whole path
                run.__dict__.update(status=entry.status, metadata=entry.metadata)
                self._known[run.path] = _Known(entry.marks, run, entry.summary)

    def _key(self, path: Path) -> str:
        return path.name if path.parent == self._folder else str(path)

    @property
    def _path(self) -> Path:
        return self._folder / INDEX


def _marks(path: Path) -> Marks:
    folder = os.fspath(path)
    return tuple(_mark(f"{folder}/{name}") for name in SUMMARY_FILES)


def _mark(path: str) -> tuple[int, int, int]:
    try:
        found = os.stat(path)  # noqa: PTH116 (a tenth of a second for a thousand runs)
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_size
