"""Who is there: a run whose visitor has left for good does not go on for ever."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

__all__ = ["Presence"]


class _Visit(NamedTuple):
    owner: str
    run_id: str | None  # the run that is looked at, whoever owns it
    until: float  # infinity, as long as the visitor is connected


class Presence:
    """Knows which visitors are connected, and which left how long ago.

    grace_seconds: how long one may be gone, as with a lost connection; 0 is for ever.
    """

    def __init__(self, grace_seconds: float) -> None:
        self.grace_seconds = grace_seconds
        self._began = time.monotonic()  # whoever was there before a restart may come back
        self._visits: dict[str, _Visit] = {}
        self._guard = threading.Lock()

    def arrive(self, session: str, owner: str, run_id: str | None) -> None:
        """A session is there and looks at a run."""
        with self._guard:
            self._visits[session] = _Visit(owner, run_id, float("inf"))

    def leave(self, session: str) -> None:
        """A session's connection is lost, perhaps for a moment."""
        with self._guard:
            visit = self._visits.get(session)
            if visit is not None:
                self._visits[session] = visit._replace(until=time.monotonic())

    def is_gone(self, owner: str, run_id: str) -> bool:
        """Whether nobody has owned or watched this run for longer than the grace time."""
        if not self.grace_seconds:
            return False
        oldest = time.monotonic() - self.grace_seconds
        with self._guard:
            self._visits = {
                session: visit for session, visit in self._visits.items() if visit.until >= oldest
            }
            there = any(
                visit.owner == owner or visit.run_id == run_id for visit in self._visits.values()
            )
        return not there and self._began < oldest
