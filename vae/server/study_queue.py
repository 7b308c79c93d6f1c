"""Studies in the queue, as pages use it: a request becomes a ticket or a study's control.json."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from vae.augmentation.durations import asked_seconds
from vae.augmentation.enlarged_request import EnlargedSet, request_enlarged
from vae.augmentation.methods import check_methods
from vae.augmentation.recipe import Recipe
from vae.augmentation.study import Study, check_asked, create_study
from vae.config import Config
from vae.data.datasets import Dataset
from vae.environment import is_public, limits, storage_limits
from vae.errors import RunError, StudyError
from vae.files import folder_bytes, writing_to
from vae.runs.metadata import read_metadata
from vae.server.durations import time_in_words
from vae.server.study_jobs import set_study_state
from vae.server.study_store import AnyStudy, StudyStore
from vae.server.sweep_cost import Images, planned_cost
from vae.server.tickets import Ticket, Tickets
from vae.studies.schema import Action, StudyState
from vae.studies.writer import request
from vae.sweeps.create import check_extension, check_sweep, create_sweep, extend_sweep
from vae.sweeps.plan import PlannedRun
from vae.sweeps.study import Sweep
from vae.sweeps.values import Vary

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
        check_space: Callable[[str, int], None],
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
        self._check_new(owner)
        asked = dataset, per_class, seeds, check_methods(tuple(methods)), recipe
        check_asked(dataset, per_class, seeds)
        _check_seconds(asked_seconds(*asked))
        study = create_study(self.store.new_path(), *asked, owner=owner)
        self._put_into_queue(study, owner)
        return study

    def submit_sweep(
        self, config: Config, vary: Vary, dataset: Dataset, seeds: int, owner: str = ""
    ) -> Sweep:
        """Make the folder of a sweep, whose runs stand among the others, and queue it.

        Combinations that cannot be trained are left out. Raises ConfigError for values that no run
        can have here, and as `submit`.
        """
        self._check_new(owner)
        plan = check_sweep(config, vary, dataset, seeds, skip_excluded=True)
        self._check_runs(plan.runs, dataset, owner)
        sweep = create_sweep(
            *(self.store.new_path(), config, vary, dataset, seeds),
            skip_excluded=True,
            runs="shared",
            owner=owner,
        )
        self._put_into_queue(sweep, owner)
        return sweep

    def extend_sweep(self, sweep: Sweep, vary: Vary, dataset: Dataset, seeds: int) -> Sweep:
        """Add values or seeds to a sweep that rests, and continue it; raises as `submit_sweep`."""
        owner = read_metadata(sweep.path).owner
        self._check_room(owner)
        self._check_waiting(owner)
        plan = check_extension(sweep, vary, dataset, seeds).plan
        ended = {planned.key for planned in sweep.plan.runs} - {
            planned.key for planned in sweep.left()
        }
        left = [planned for planned in plan.runs if planned.key not in ended]
        self._check_runs(left, dataset, owner)
        longer = extend_sweep(sweep, vary, dataset, seeds)
        self.resume(longer)
        return longer

    def _check_runs(self, runs: Sequence[PlannedRun], dataset: Dataset, owner: str) -> None:
        """Raise where an owner may not have these runs, which are not trained yet."""
        for each in {planned.config.replace(seed=0) for planned in runs}:
            limits().check(each, dataset.image_shape, dataset.classes)
        self._check_space(owner, len(runs))
        _check_seconds(planned_cost(runs, Images.of(dataset)).seconds)

    def planned_runs(self, owner: str) -> int:
        """Return how many runs of an owner's sweeps have no folder yet."""
        return sum(
            not sweep.run_path(planned).exists()
            for sweep in self.store.owned_by(owner, Sweep)
            for planned in sweep.left()
        )

    def resume(self, study: AnyStudy) -> None:
        """Continue a study from wherever it stands."""
        owner = read_metadata(study.path).owner
        with self._guard:
            if not self._tickets.has(study.path.name, ("study",)):
                self._check_waiting(owner)
            request(study.path, "run")
            # One that a process is about to leave is queued again when it has ended.
            if set_study_state(study, StudyState.QUEUED):
                self._enqueue(study, "study", owner)

    def pause(self, study: AnyStudy) -> None:
        """Pause a study where it is, with all that it found."""
        self._end(study, "pause", StudyState.PAUSED, "Paused while it waited for its turn.")

    def stop(self, study: AnyStudy) -> None:
        """End a study; what it found stays."""
        self._end(study, "stop", StudyState.STOPPED, "Stopped before it was done.")

    def delete(self, study: AnyStudy, visitor: str = "") -> None:
        """Delete a study that rests; raises RunError or StudyError if that cannot be."""
        if not self.owns(study, visitor):
            raise StudyError(
                "On a shared server only its owner can delete a study. Received: another's study"
            )
        with self._guard:
            if self.is_pending(study):
                raise StudyError("A study can be deleted once it rests. Received: one in the queue")
            self.store.remove(study)

    def owns(self, study: AnyStudy, visitor: str) -> bool:
        """Whether a study is this visitor's: on one's own machine all are."""
        return not is_public() or bool(visitor and read_metadata(study.path).owner == visitor)

    def enlarge(self, study: Study, wanted: EnlargedSet) -> None:
        """Have a worker write an enlarged set, to take away."""
        self._check_room(read_metadata(study.path).owner)
        request_enlarged(study, wanted)
        self._enqueue(study, "enlarge", read_metadata(study.path).owner)

    def is_pending(self, study: AnyStudy, *actions: str) -> bool:
        """Whether one of these jobs, by default any of a study, waits or runs."""
        return self._tickets.has(study.path.name, actions or ("study", "enlarge"))

    def _end(self, study: AnyStudy, action: Action, state: StudyState, reason: str) -> None:
        """Have a study's process end, or take a study that waits out of the queue."""
        with self._guard:
            request(study.path, action)
            if self._tickets.is_waiting(study.path.name, "study"):
                self._tickets.remove(Ticket(study.path.name, "study"))
            if not self.is_pending(study, "study"):
                set_study_state(study, state, reason)

    def _check_room(self, owner: str) -> None:
        self._check_space(owner, 0)
        allowed = FRACTION * storage_limits().runs_megabytes
        if allowed and folder_bytes(self.store.folder) >= allowed * 1e6:
            raise StudyError(
                f"All studies together may take {allowed:,.0f} MB here: delete one of yours, or "
                "come back later. Received: a new one"
            )

    def _check_new(self, owner: str) -> None:
        self._check_room(owner)
        self._check_waiting(owner)
        own = [each for each in self.store.all() if read_metadata(each.path).owner == owner]
        if is_public() and len(own) >= MAX_STUDIES:
            raise StudyError(
                f"On this server you can have {MAX_STUDIES} studies: delete one first. "
                "Received: one more"
            )

    def _put_into_queue(self, study: AnyStudy, owner: str) -> None:
        """Enqueue a study that was just made; one that cannot be leaves nothing behind."""
        try:
            self._enqueue(study, "study", owner)
        except (RunError, StudyError):
            # A study that waits without a ticket would get one, and run after all.
            shutil.rmtree(study.path, ignore_errors=True)
            raise

    def _enqueue(self, study: AnyStudy, action: str, owner: str) -> None:
        needs = "The queue needs a folder that can be written to"
        with writing_to(self._tickets.folder, needs), self._guard:
            self._tickets.enqueue(study.path.name, action, owner)


def _check_seconds(seconds: float) -> None:
    """Raise StudyError for a study that takes longer than one may here: before it has a folder."""
    allowed = limits().seconds
    if allowed and seconds > allowed:
        raise StudyError(
            f"On this server a study may take {time_in_words(allowed)}: choose fewer seeds or "
            f"values. Received: one of about {time_in_words(seconds)}"
        )
