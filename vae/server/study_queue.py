"""Studies in the queue, as pages use it: a request becomes a ticket or a study's control.json."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from vae.augmentation.durations import study_seconds
from vae.augmentation.enlarged_request import EnlargedSet, request_enlarged
from vae.augmentation.recipe import Recipe
from vae.augmentation.store import StudyStore
from vae.augmentation.study import Study, create_study
from vae.data.datasets import Dataset
from vae.environment import is_public, limits, storage_limits
from vae.errors import RunError, StudyError
from vae.files import folder_bytes, writing_to
from vae.runs.metadata import read_metadata, write_metadata
from vae.server.study_jobs import set_study_state
from vae.server.tickets import Ticket, Tickets
from vae.studies.schema import Action, StudyState
from vae.studies.writer import request

__all__ = ["StudyQueue"]

MAX_STUDIES = 10  # of one visitor, where strangers share a server
FRACTION = 0.1  # of what all runs together may take, for all studies


class StudyQueue:
    """Starts, pauses, continues, stops and deletes studies.

    guard: between the pages' threads and the scheduler's. check_space, check_waiting: raise
    RunError where an owner may have no more.
    """

    def __init__(
        self,
        store: StudyStore,
        tickets: Tickets,
        guard: AbstractContextManager[object],
        check_space: Callable[[str], None],
        check_waiting: Callable[[str], None],
    ) -> None:
        self.store = store
        self._tickets, self._guard = tickets, guard
        self._check_space, self._check_waiting = check_space, check_waiting

    def submit(
        self,
        dataset: Dataset,
        per_class: Sequence[int],
        seeds: int,
        methods: Sequence[str],
        recipe: Recipe,
        owner: str = "",
    ) -> Study:
        """Make a study's folder and put it into the queue.

        Raises StudyError for what cannot be studied or is beyond the server's limits, RunError if
        no room is left or too many of the owner's jobs wait.
        """
        self._check_room(owner)
        self._check_waiting(owner)
        if is_public() and len(self.store.owned_by(owner)) >= MAX_STUDIES:
            raise StudyError(
                f"On this server you can have {MAX_STUDIES} studies: delete one first. "
                "Received: one more"
            )
        study = create_study(self.store.new_path(), dataset, per_class, seeds, methods, recipe)
        try:
            self._check_seconds(study)
            write_metadata(study.path, owner=owner)
            self._enqueue(study, "study", owner)
        except (RunError, StudyError):
            # A study that waits without a ticket would get one, and run after all.
            shutil.rmtree(study.path, ignore_errors=True)
            raise
        return study

    def resume(self, study: Study) -> None:
        """Continue a study from wherever it stands."""
        owner = read_metadata(study.path).owner
        with self._guard:
            if not self._tickets.has(study.path.name, ("study",)):
                self._check_waiting(owner)
            request(study.path, "run")
            # One that a process is about to leave is queued again when it has ended.
            if set_study_state(study, StudyState.QUEUED):
                self._enqueue(study, "study", owner)

    def pause(self, study: Study) -> None:
        """Pause a study where it is, with all that it found."""
        self._end(study, "pause", StudyState.PAUSED, "Paused while it waited for its turn.")

    def stop(self, study: Study) -> None:
        """End a study; what it found stays."""
        self._end(study, "stop", StudyState.STOPPED, "Stopped before it was done.")

    def delete(self, study: Study, visitor: str = "") -> None:
        """Delete a study that rests; raises RunError or StudyError if that cannot be."""
        if not self.owns(study, visitor):
            raise StudyError(
                "On a shared server only its owner can delete a study. Received: another's study"
            )
        with self._guard:
            if self.is_pending(study):
                raise StudyError("A study can be deleted once it rests. Received: one in the queue")
            self.store.remove(study)

    def owns(self, study: Study, visitor: str) -> bool:
        """Whether a study is this visitor's: on one's own machine all are."""
        return not is_public() or bool(visitor and read_metadata(study.path).owner == visitor)

    def enlarge(self, study: Study, wanted: EnlargedSet) -> None:
        """Have a worker write an enlarged set, to take away."""
        self._check_room(read_metadata(study.path).owner)
        request_enlarged(study, wanted)
        self._enqueue(study, "enlarge", read_metadata(study.path).owner)

    def is_pending(self, study: Study, *actions: str) -> bool:
        """Whether one of these jobs, by default any of a study, waits or runs."""
        return self._tickets.has(study.path.name, actions or ("study", "enlarge"))

    def _end(self, study: Study, action: Action, state: StudyState, reason: str) -> None:
        """Have a study's process end, or take a study that waits out of the queue."""
        with self._guard:
            request(study.path, action)
            if self._tickets.is_waiting(study.path.name, "study"):
                self._tickets.remove(Ticket(study.path.name, "study"))
            if not self.is_pending(study, "study"):
                set_study_state(study, state, reason)

    def _check_room(self, owner: str) -> None:
        self._check_space(owner)
        allowed = FRACTION * storage_limits().runs_megabytes
        if allowed and folder_bytes(self.store.folder) >= allowed * 1e6:
            raise StudyError(
                f"All studies together may take {allowed:,.0f} MB here: delete one of yours, or "
                "come back later. Received: a new one"
            )

    def _check_seconds(self, study: Study) -> None:
        allowed, expected = limits().seconds, study_seconds(study.settings)
        if allowed and expected > allowed:
            raise StudyError(
                f"On this server a study may take {allowed / 60:g} minutes: choose fewer seeds, "
                f"methods or images a class. Received: one of about {expected / 60:.0f} minutes"
            )

    def _enqueue(self, study: Study, action: str, owner: str) -> None:
        needs = "The queue needs a folder that can be written to"
        with writing_to(self._tickets.folder, needs), self._guard:
            self._tickets.enqueue(study.path.name, action, owner)
