"""Writing the state of a run from outside: never that of one which a process trains."""

from __future__ import annotations

import contextlib
from typing import Unpack

from filelock import Timeout

from vae.errors import RunError
from vae.runs.failures import refused_resume
from vae.runs.run import Run
from vae.runs.schema import RunState, StatusChanges
from vae.runs.writer import RunWriter
from vae.server.tickets import Tickets

__all__ = ["RunStates"]

LOCK_SECONDS = 0.5  # who checks whether a run is alive holds its lock for less


class RunStates:
    """Writes states of runs, and says which of them a process trains."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    def is_training(self, run: Run) -> bool:
        """Whether a process runs that reads what is requested of the run."""
        others = [t for t in self._tickets.list() if t.run_id == run.id and t.action != "train"]
        return run.is_alive() and not any(ticket.started for ticket in others)

    def set(self, run: Run, state: RunState, reason: str) -> bool:
        """Write a run's state, unless a process trains it; return whether that was done."""
        return self._write(run, {"state": state, "reason": reason})

    def set_queued(self, run: Run, **status: Unpack[StatusChanges]) -> bool:
        """Write that a run waits for its process, unless one trains it; return as `set`."""
        changes: StatusChanges = {"state": RunState.QUEUED, "reason": "", **status}
        if run.state != RunState.QUEUED:
            changes["before"] = run.state  # what it is again if it cannot be resumed
        return self._write(run, changes)

    def set_failed(self, run: Run, reason: str) -> None:
        """Write that a run's process did not start; what it learned before stays."""
        with contextlib.suppress(OSError, RunError):  # damaged, or gone, meanwhile
            changes = refused_resume(RunWriter.reopen(run.path), reason)
            self._write(run, changes or {"state": RunState.FAILED, "reason": reason})

    def _write(self, run: Run, changes: StatusChanges) -> bool:
        def write() -> None:
            RunWriter.reopen(run.path).status(must=True, **changes)

        try:
            try:
                with run.lock().acquire(timeout=LOCK_SECONDS):
                    write()
            except Timeout:
                if self.is_training(run):
                    return False
                write()  # what measures a model leaves the state alone
        except (OSError, RunError):
            return False
        return True
