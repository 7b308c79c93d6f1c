"""The waiting line, on disk: one small file for each job that waits or is under way.

So it outlives the server, and two servers on one runs folder have one line between them.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vae.files import read_json, write_json

__all__ = ["ACTIONS", "WITHOUT_TENSORFLOW", "Ticket", "Tickets"]

# train: from where the folder stands. recover: model files of a run that was killed, or stopped
# while nothing trained it, from its checkpoint. export: the ONNX networks of an imported run. tsne:
# the projections. knowledge: what the latent space knows of the classes. likelihood: by importance
# sampling. quality: of samples. samplers: of codes, fitted.
ACTIONS = (
    *("train", "recover", "export", "tsne"),
    *("knowledge", "likelihood", "quality", "samplers"),
)
# A process that has TensorFlow ready is too good for these: they read latents or run ONNX files.
WITHOUT_TENSORFLOW = ("tsne", "knowledge", "quality", "samplers")
FOLDER = ".queue"
# What values that nobody of us wrote may raise.
DAMAGE = (ValueError, KeyError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Ticket:
    """A job for a run. owner: whose it is, since one visitor has one run at a time."""

    run_id: str
    action: str
    owner: str = ""
    drawn: int = 0  # nanoseconds since 1970: who drew first comes first
    started: bool = False

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return f"{self.run_id}-{self.action}"


class Tickets:
    """All tickets of one runs folder."""

    def __init__(self, runs_folder: Path) -> None:
        self.folder = runs_folder / FOLDER

    def list(self) -> list[Ticket]:
        """Return all tickets, the oldest first."""
        found = []
        for path in self.folder.glob("[!.]*.json"):
            with contextlib.suppress(OSError, *DAMAGE):
                values = read_json(path)
                run_id, _, action = path.stem.rpartition("-")
                if run_id and action in ACTIONS:
                    drawn, started = int(values["drawn"]), bool(values["started"])
                    found.append(Ticket(run_id, action, str(values["owner"]), drawn, started))
        return sorted(found, key=lambda ticket: ticket.drawn)

    def has(self, run_id: str, actions: Iterable[str] = ACTIONS) -> bool:
        """Whether a job waits or is under way."""
        return any(ticket.run_id == run_id and ticket.action in actions for ticket in self.list())

    def is_waiting(self, run_id: str, action: str) -> bool:
        """Whether a job has not begun."""
        return any(
            (ticket.run_id, ticket.action, ticket.started) == (run_id, action, False)
            for ticket in self.list()
        )

    def draw(self, run_id: str, action: str, owner: str = "") -> None:
        """Put a job at the end of the line, unless it has a place already."""
        if not self.has(run_id, (action,)):
            self._write(Ticket(run_id, action, owner, time.time_ns()))

    def start(self, ticket: Ticket) -> None:
        """Mark a job as under way."""
        self._write(ticket, started=True)

    def remove(self, ticket: Ticket) -> None:
        """Take a job out of the line."""
        (self.folder / f"{ticket.name}.json").unlink(missing_ok=True)

    def _write(self, ticket: Ticket, *, started: bool = False) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        values = {"owner": ticket.owner, "drawn": ticket.drawn, "started": started}
        write_json(self.folder / f"{ticket.name}.json", values)
