"""The jobs of studies, as the scheduler sees them: what is in a ticket's folder, and its end.

A study's process ends at a pause, and its lines say what is left: so there is little to do here.
"""

from __future__ import annotations

import contextlib
import logging

from filelock import Timeout

from vae.environment import storage_limits
from vae.errors import RunError, StudyError
from vae.runs.lock import is_held, run_lock
from vae.runs.metadata import read_metadata
from vae.server.study_store import AnyStudy, StudyStore
from vae.server.tickets import Ticket, Tickets
from vae.studies.schema import StudyState
from vae.studies.writer import request, write_status

__all__ = ["StudyJobs", "set_study_state"]

DAY_SECONDS = 86_400.0


def set_study_state(study: AnyStudy, state: StudyState, reason: str = "") -> bool:
    """Write a study's state, unless a process works on it; return whether that was done."""
    try:
        with run_lock(study.path).acquire(timeout=0):
            status = study.status
            counts = {name: status[name] for name in ("done", "total", "seconds")}
            why = {"reason": reason} if reason else {}
            write_status(study.path, state=state, **counts, **why)
    except (OSError, StudyError, Timeout):
        return False
    return True


class StudyJobs:
    """What the scheduler does with the tickets of studies."""

    def __init__(self, store: StudyStore, tickets: Tickets) -> None:
        self.store, self.tickets = store, tickets

    def of(self, ticket: Ticket) -> AnyStudy | None:
        """Return a ticket's study; None if it was deleted meanwhile, or is damaged."""
        try:
            return self.store.open(ticket.run_id)
        except StudyError:
            return None

    def is_alive(self, ticket: Ticket) -> bool:
        """Whether a process holds the study, perhaps one of another server."""
        return is_held(self.store.folder / ticket.run_id)

    def take_over(self, ticket: Ticket) -> None:
        """Continue a study that died together with its server; not twice at the same training."""
        study = self.of(ticket)
        self.tickets.remove(ticket)
        if study is None or ticket.action != "study":
            return
        with contextlib.suppress(StudyError):  # damaged: the page says so
            status = study.status
            died = status["state"] in (StudyState.QUEUED, StudyState.INTERRUPTED)
            if not died or ticket.resumed_at == status["done"]:
                self._ended(study, ticket)
            elif set_study_state(study, StudyState.QUEUED):
                self.tickets.enqueue(ticket.run_id, "study", ticket.owner, status["done"])

    def ended(self, ticket: Ticket) -> None:
        """Say what came of a study whose process has ended."""
        self.tickets.remove(ticket)
        study = self.of(ticket)
        if study is not None and ticket.action == "study":
            with contextlib.suppress(StudyError):
                self._ended(study, ticket)

    def failed_to_start(self, ticket: Ticket, reason: str) -> None:
        """Say that there is no process for a study."""
        study = self.of(ticket)
        if study is not None and ticket.action == "study":
            set_study_state(study, StudyState.FAILED, reason)

    def pause(self, ticket: Ticket) -> None:
        """Pause a study whose visitor has left."""
        study = self.of(ticket)
        if study is None or ticket.action != "study" or study.requested != "run":
            return
        with contextlib.suppress(StudyError):  # no room for the request: it is made again
            request(study.path, "pause")
            if not ticket.started and set_study_state(
                study, StudyState.PAUSED, "Paused, since its visitor left."
            ):
                self.tickets.remove(ticket)

    def tidy(self) -> None:
        """Give each queued study a ticket, and remove those whose time is over."""
        for study in self.store.all():
            with contextlib.suppress(OSError, StudyError):  # a bad folder must not stop the others
                if study.state == StudyState.QUEUED and study.requested == "run":
                    owner = read_metadata(study.path).owner
                    self.tickets.enqueue(study.path.name, "study", owner)
        days = storage_limits().keep_days
        for study in self.store.older_than(days * DAY_SECONDS) if days else []:
            try:
                self.store.remove(study)
            except (StudyError, RunError) as error:
                logging.getLogger(__name__).warning("Cannot remove a study: %s", error)

    def _ended(self, study: AnyStudy, ticket: Ticket) -> None:
        status = study.status
        state = status["state"]
        if state == StudyState.QUEUED:
            set_study_state(study, StudyState.FAILED, "The study's process did not start.")
        elif state == StudyState.INTERRUPTED:
            set_study_state(study, state, str(status.get("reason", "")))
        elif (
            state in (StudyState.PAUSED, StudyState.STOPPED)
            and study.requested == "run"  # since the moment when its process was about to end
            and set_study_state(study, StudyState.QUEUED)
        ):
            self.tickets.enqueue(study.path.name, "study", ticket.owner)
