"""Which visitors are connected: a run whose visitor has left for good does not train for ever.

Each server knows its own visitors and informs the others through a file in the queue's folder,
since the queue's leader may be another server than the one that a visitor is connected to.
"""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from vae.errors import RunError
from vae.files import write_json
from vae.schemas.reading import read

__all__ = ["Presence"]

ANNOUNCEMENTS = 10  # in a grace time
PREFIX = ".present-"


class _Visit(NamedTuple):
    owner: str
    run_id: str | None  # the run on the page, whoever owns it
    until: float  # infinity, as long as the visitor is connected


class Presence:
    """Knows which visitors are connected, and since when others are not.

    grace_seconds: how long one may be gone, as with a lost connection; 0 is for ever.
    """

    def __init__(self, grace_seconds: float) -> None:
        self.grace_seconds = grace_seconds
        self._began = time.monotonic()  # visitors of before a restart may come back
        self._visits: dict[str, _Visit] = {}
        self._guard = threading.Lock()
        self._file = f"{PREFIX}{secrets.token_hex(8)}.json"
        self._announced = -grace_seconds
        self._elsewhere: set[str] = set()  # owners and runs of other servers' visitors

    def connect(self, session: str, owner: str, run_id: str | None) -> None:
        """A session is connected and shows a run."""
        with self._guard:
            self._visits[session] = _Visit(owner, run_id, float("inf"))

    def disconnect(self, session: str) -> None:
        """A session's connection is lost, perhaps for a moment."""
        with self._guard:
            visit = self._visits.get(session)
            if visit is not None:
                self._visits[session] = visit._replace(until=time.monotonic())

    def announce(self, folder: Path) -> None:
        """Write who is connected here and read who is elsewhere, several times a grace time."""
        now = time.monotonic()
        if not self.grace_seconds or now < self._announced + self.grace_seconds / ANNOUNCEMENTS:
            return
        self._announced = now
        with suppress(OSError):  # a full disk: written when there is room
            folder.mkdir(parents=True, exist_ok=True)
            write_json(folder / self._file, sorted(self._here()))
        self._elsewhere = set()
        for path in folder.glob(f"{PREFIX}*.json"):
            with suppress(OSError, RunError):
                if path.name == self._file:
                    continue
                if time.time() - path.stat().st_mtime < self.grace_seconds:
                    self._elsewhere.update(read(path, list[str]))
                else:  # that server has died, and with it its visitors' connections
                    path.unlink()

    def is_absent(self, owner: str, run_id: str) -> bool:
        """Whether neither owner nor viewer of this run was connected during the grace time."""
        if not self.grace_seconds:
            return False
        connected = {owner, run_id} & (self._here() | self._elsewhere)
        return not connected and self._began < time.monotonic() - self.grace_seconds

    def _here(self) -> set[str]:
        """Return the owners, and the runs on their pages, of this server's visitors."""
        oldest = time.monotonic() - self.grace_seconds
        with self._guard:
            self._visits = {
                session: visit for session, visit in self._visits.items() if visit.until >= oldest
            }
            visits = self._visits.values()
            return {visit.owner for visit in visits} | {v.run_id for v in visits if v.run_id}
