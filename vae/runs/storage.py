"""The disk space that runs take: how much is left, how long one is kept, which may be removed.

Nothing is removed by itself on one's own machine. Where strangers share a server, runs whose time
is over go when there is need, and those that nobody owns before them.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Collection
from pathlib import Path

from vae.environment import is_public, storage_limits
from vae.errors import RunError
from vae.files import file_version, folder_bytes
from vae.runs import layout
from vae.runs.run import ACTIVE_STATES, Run
from vae.runs.store import RunStore

__all__ = ["Storage", "expiry_date"]

MEGABYTE = 1_000_000
# What a run that waits or trains is counted as, at least: it has most of its files yet to write.
UNFINISHED_BYTES = 10 * MEGABYTE


def expiry_date(run: Run) -> datetime.date | None:
    """Return the last day (UTC) on which a run is kept whatever happens; None: for ever."""
    return None if run.shipped else storage_limits().kept_until(_changed(run))


class Storage:
    """Counts what the runs of a folder take, and says which of them may go."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._cache: dict[Path, tuple[object, int]] = {}

    def check_space(self) -> None:
        """Raise RunError, which says what to do, where there is no room for another run."""
        limits = storage_limits()
        cure = "delete one of yours, or come back later" if is_public() else "delete some first"
        free = self.free_bytes()
        if limits.free_megabytes and free < limits.free_megabytes * MEGABYTE:
            raise RunError(
                f"New runs leave {limits.free_megabytes:,.0f} MB of the disk free: {cure}. "
                f"Received: a disk with {free / MEGABYTE:,.0f} MB left"
            )
        if limits.runs_megabytes:
            stay = sum(self._bytes(run) for run in self._runs() if not _is_removable(run))
            if stay >= limits.runs_megabytes * MEGABYTE:
                raise RunError(
                    f"All runs together may take {limits.runs_megabytes:,.0f} MB here: {cure}. "
                    f"Received: a new run, beside {stay / MEGABYTE:,.0f} MB"
                )

    def free_bytes(self) -> int:
        """Return what is left of the disk on which runs are kept."""
        folder = self.store.folder.absolute()
        there = next(path for path in (folder, *folder.parents) if path.is_dir())
        return shutil.disk_usage(there).free

    def to_remove(self, busy: Collection[str]) -> list[Run]:
        """Return what has to go so that there is room for more, of the runs that may.

        busy: ids of runs that something is done for.
        """
        limits, runs = storage_limits(), self._runs()
        # Twice what new runs leave free: some room before they are refused.
        need = 2 * limits.free_megabytes * MEGABYTE - self.free_bytes()
        if limits.runs_megabytes:
            total = sum(self._bytes(run) for run in runs)
            need = max(need, total - limits.runs_megabytes * MEGABYTE)
        found: list[Run] = []
        for run in sorted(runs, key=lambda run: (bool(run.metadata.owner), _changed(run))):
            if need <= 0:
                break
            if run.id not in busy and _is_removable(run):
                need -= self._bytes(run)
                found.append(run)
        return found

    def _runs(self) -> list[Run]:
        return [run for run in self.store.list() if not run.shipped]

    def _bytes(self, run: Run) -> int:
        """Return what a run takes; counted anew only when files have come or gone."""
        folders = (run.path, run.path / layout.SNAPSHOTS)
        marks = tuple(map(file_version, folders))
        known = self._cache.get(run.path)
        if known is None or known[0] != marks:
            known = self._cache[run.path] = marks, folder_bytes(run.path)
        unfinished = run.state in ("queued", *ACTIVE_STATES)
        return max(known[1], UNFINISHED_BYTES) if unfinished else known[1]


def _is_removable(run: Run) -> bool:
    """Whether a run is of those that go when there is need."""
    until = expiry_date(run)
    if until is None:
        return False
    return not run.metadata.owner or datetime.datetime.now(datetime.UTC).date() > until


def _changed(run: Run) -> float:
    """Return when a run last trained, or came (Unix time)."""
    return file_version(run.path / layout.STATUS)[1] / 1e9
