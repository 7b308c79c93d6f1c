"""The runs of one folder, and those that ship with the project."""

from __future__ import annotations

import builtins
import contextlib
import os
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vae.environment import runs_folder
from vae.errors import RunError
from vae.runs import layout
from vae.runs.folder_names import is_folder_name
from vae.runs.index import RunIndex
from vae.runs.metadata import clean_name, clean_note, clean_tags, write_metadata
from vae.runs.run import FAMILIES, SHIPPED, Run, open_run

if TYPE_CHECKING:
    import pandas as pd  # pyright: ignore[reportMissingTypeStubs] -- it has none

__all__ = ["Contents", "RunStore"]

UNDO_SECONDS = 600.0
REMOVING = ".removing-"
HIDDEN = (
    "A run of your own is called as this built-in one is, and takes its place: rename its folder "
    "to have both."
)
LEFTOVER_SECONDS = 600.0  # after which nobody is still writing a temporary file


class Contents(NamedTuple):
    """What there is in a runs folder, and what ships with the project.

    runs: all that can be read, the newest first, the shipped ones last, each id once. deleted:
    those that can still be brought back, the one deleted last first. left_out: why other folders
    that hold a run are not in the list, by their names.
    """

    runs: list[Run]
    deleted: list[Run]
    left_out: dict[str, str]


class RunStore:
    """The runs of one folder, and those that ship with the project."""

    def __init__(self, folder: Path | None = None, shipped: Path = SHIPPED) -> None:
        self.folder = folder if folder is not None else runs_folder()
        self.shipped = shipped
        self._index = RunIndex(self.folder)

    def read(self) -> Contents:
        """Go through the folder once, for who needs more than one of its lists."""
        own, left_out = self._read(self.folder)
        self._index.retain(run.path for run in own)
        listed = [run for run in own if not run.metadata.deleted]
        listed.sort(key=lambda run: run.status["created"], reverse=True)
        since = time.time() - UNDO_SECONDS
        deleted = [run for run in own if run.metadata.deleted > since]
        deleted.sort(key=lambda run: run.metadata.deleted, reverse=True)
        taken = {run.id for run in own} | set(left_out)
        shipped = self.list_shipped()
        for run in shipped:
            if run.id in taken:  # an id is one run, the one that `open` opens
                left_out.setdefault(run.id, HIDDEN)
        shipped = [run for run in shipped if run.id not in taken]
        return Contents(listed + shipped, deleted, left_out)

    def list(self) -> list[Run]:
        """Return all runs that can be read: the newest first, the shipped ones last."""
        return self.read().runs

    def table(self) -> pd.DataFrame:
        """Return all runs that can be read as a table, a row each: see `vae.runs.table`."""
        from vae.runs.table import as_table

        return as_table(self.records(self.list()))

    def records(self, runs: Iterable[Run]) -> builtins.list[dict[str, Any]]:
        """Return a row of that table for each of these runs, as plain values."""
        from vae.runs.table import as_records

        found = as_records(runs, self._index.summary)
        self._index.save()
        return found

    def list_shipped(self) -> list[Run]:
        """Return the runs that ship with the project, in their order; of families `open` knows."""
        return sorted(self._read(self.shipped)[0], key=lambda run: run.info.get("place", 99))

    def open(self, run_id: str) -> Run:
        """Open a run by its id; raises RunError if there is none, whatever the text holds."""
        run = self._find(run_id)
        if run is None or run.metadata.deleted:
            raise RunError(f"No run has this id. Received: {run_id!r:.80}")
        try:
            return open_run(run.path)
        except RunError as error:  # who knows the id learns the id, not the path
            raise RunError(str(error).replace(str(run.path), run.id)) from None

    def rename(self, run: Run, name: str) -> None:
        """Give a run a name; an empty one takes it away."""
        self._own(run)
        write_metadata(run.path, name=clean_name(name))

    def annotate(
        self, run: Run, *, tags: Iterable[str] | None = None, note: str | None = None
    ) -> None:
        """Give a run these tags and this note, for those it has; None leaves them."""
        self._own(run)
        changes = {} if tags is None else {"tags": clean_tags(tags)}
        write_metadata(run.path, **changes, **({} if note is None else {"note": clean_note(note)}))

    def delete(self, run: Run) -> None:
        """Hide a run; `purge` removes it when the time to undo is over."""
        self._own(run)
        write_metadata(run.path, deleted=time.time())

    def deleted(self) -> list[Run]:
        """Return the runs that can still be brought back, the one deleted last first."""
        return self.read().deleted

    def undelete(self, run_id: str) -> Run:
        """Bring back a run that was just deleted; raises RunError if it was not."""
        run = self._find(run_id)
        if run is None or not run.metadata.deleted:
            raise RunError(f"Only a deleted run can be brought back. Received: {run_id!r:.80}")
        write_metadata(run.path, deleted=0.0)
        return open_run(run.path)

    def remove(self, run: Run) -> None:
        """Remove a run for good, unless a process holds it; raises OSError if it cannot be."""
        self._own(run)
        if not run.is_alive():
            self._hide(run)
            self._clear_removed()

    def purge(self) -> None:
        """Remove for good what was deleted long enough ago, and leftovers of crashes."""
        for path in _folders(self.folder):
            run = Run(path)
            age = time.time() - run.metadata.deleted
            if run.metadata.deleted and age > UNDO_SECONDS and not run.is_alive():
                # One that cannot be removed must not stop the others.
                with contextlib.suppress(OSError):
                    self._hide(run)
        self._clear_removed()
        for pattern in ("*/.writing-*", f"*/{layout.SNAPSHOTS}/.writing-*", ".importing-*"):
            for leftover in self.folder.glob(pattern):
                with contextlib.suppress(OSError):  # just written, and renamed by now
                    if time.time() - leftover.stat().st_mtime > LEFTOVER_SECONDS:
                        remove = shutil.rmtree if leftover.is_dir() else Path.unlink
                        remove(leftover)

    def _clear_removed(self) -> None:
        for leftover in self.folder.glob(f"{REMOVING}*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def _hide(self, run: Run) -> None:
        """Give a folder another name at once: one that is half removed would be a damaged run."""
        run.path.rename(self.folder / f"{REMOVING}{secrets.token_hex(8)}")
        self._index.forget(run.path)

    def _read(self, folder: Path) -> tuple[list[Run], dict[str, str]]:
        """Return the runs of a folder, and by name why others cannot be read."""
        runs: list[Run] = []
        reasons: dict[str, str] = {}
        for path in _folders(folder):
            if not _holds_run(path):
                continue
            try:
                if not is_folder_name(path.name):
                    raise RunError(f"A run's name is Unicode text. Received: {path.name!a:.80}")
                runs.append(self._index.open(path))
            except RunError as error:
                reasons[path.name] = str(error)
        return runs, reasons

    def _find(self, run_id: str) -> Run | None:
        if not is_folder_name(run_id):
            return None
        for folder in (self.folder, self.shipped, *_folders(self.shipped / FAMILIES.name)):
            if _holds_run(folder / run_id):
                return Run(folder / run_id)
        # An accented letter has two spellings, and a keyboard may have the other one.
        wanted = unicodedata.normalize("NFC", run_id)
        for path in (*_folders(self.folder), *_folders(self.shipped)):
            if unicodedata.normalize("NFC", path.name) == wanted and _holds_run(path):
                return Run(path)
        return None

    def _own(self, run: Run) -> None:
        if run.path.parent != self.folder:
            raise RunError(f"A built-in run cannot be changed. Received: {run.id}")


def _folders(folder: Path) -> Iterator[Path]:
    """Yield what is visible in a folder, by name; nothing where it cannot be entered."""
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    yield from (path for path in found if not path.name.startswith("."))


def _holds_run(path: Path) -> bool:
    """Whether a folder has a config.json; one that cannot be entered may have one."""
    try:
        os.lstat(path / layout.CONFIG)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
