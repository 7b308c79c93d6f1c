"""The queue on disk: one small file for each job that waits or runs.

So it outlives the server, and two servers on one runs folder share one queue.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from vae.errors import RunError
from vae.files import write_json
from vae.runs.folder_names import MAX_NAME_BYTES, is_folder_name
from vae.runs.results import RESULTS
from vae.schemas.reading import Text, read

__all__ = ["ACTIONS", "Ticket", "Tickets"]

# train: from where the folder stands. recover: model files of a run that was killed, or stopped
# while nothing trained it, from its checkpoint. export: the ONNX networks of an imported run. The
# others are results that are computed of a model.
ACTIONS = ("train", "recover", "export", *RESULTS)
FOLDER = ".queue"
# Of a run's name in that of a ticket's file: what follows it needs the rest.
MAX_RUN_BYTES = MAX_NAME_BYTES - 55


class _File(TypedDict):
    owner: Text
    drawn: Annotated[int, Meta(ge=0, le=2**62)]  # when it was enqueued, in nanoseconds since 1970
    started: bool
    run: NotRequired[str]  # which the file's name tells too, unless it is too long


@dataclass(frozen=True)
class Ticket:
    """A job for a run. owner: whose it is, since one visitor has one run at a time."""

    run_id: str
    action: str
    owner: str = ""
    enqueued: int = 0  # nanoseconds since 1970: the earliest comes first
    started: bool = False

    @property
    def name(self) -> str:
        """Its name among the processes, and in most cases of its file."""
        return f"{self.run_id}-{self.action}"

    @property
    def file_name(self) -> str:
        """The name of its file; a run's name may be as long as a file's, and leave no room."""
        run = self.run_id
        if len(run.encode()) > MAX_RUN_BYTES:
            run = hashlib.sha256(run.encode()).hexdigest()
        return f"{run}-{self.action}.json"


class Tickets:
    """All tickets of one runs folder."""

    def __init__(self, runs_folder: Path) -> None:
        self.folder = runs_folder / FOLDER

    def list(self) -> list[Ticket]:
        """Return all tickets, the oldest first."""
        found = filter(None, map(_read, self.folder.glob("[!.]*.json")))
        return sorted(found, key=lambda ticket: ticket.enqueued)

    def find(self, run_id: str, action: str) -> Ticket | None:
        """Return the ticket of one job, if it waits or runs; no other file is read."""
        return _read(self.folder / Ticket(run_id, action).file_name)

    def has(self, run_id: str, actions: Iterable[str] = ACTIONS) -> bool:
        """Whether a job waits or runs."""
        return any(self.find(run_id, action) for action in actions)

    def is_waiting(self, run_id: str, action: str) -> bool:
        """Whether a job has not begun."""
        ticket = self.find(run_id, action)
        return ticket is not None and not ticket.started

    def enqueue(self, run_id: str, action: str, owner: str = "") -> None:
        """Put a job at the end of the queue, unless it is in it."""
        if not self.has(run_id, (action,)):
            self._write(Ticket(run_id, action, owner, time.time_ns()))

    def start(self, ticket: Ticket) -> None:
        """Mark a job as running."""
        self._write(ticket, started=True)

    def remove(self, ticket: Ticket) -> None:
        """Remove a job from the queue."""
        (self.folder / ticket.file_name).unlink(missing_ok=True)

    def _write(self, ticket: Ticket, *, started: bool = False) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        values = {"owner": ticket.owner, "drawn": ticket.enqueued, "started": started}
        write_json(self.folder / ticket.file_name, {"run": ticket.run_id, **values})


def _read(path: Path) -> Ticket | None:
    """Return the ticket in a file; None where there is no file, or something else in it."""
    try:
        values = read(path, _File)
    except (FileNotFoundError, RunError):
        return None
    run_id, _, action = path.stem.rpartition("-")
    run_id = values.get("run", run_id)
    if not is_folder_name(run_id) or action not in ACTIONS:
        return None
    ticket = Ticket(run_id, action, values["owner"], values["drawn"], values["started"])
    return ticket if ticket.file_name == path.name else None  # the one that would be removed
