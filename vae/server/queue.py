"""The queue, as pages use it: a request becomes a ticket or a run's control.json.

The folders are the truth. A leader, here or in another server, does what the tickets say.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from vae.archive.zip_import import import_zip
from vae.augmentation.durations import study_seconds_left
from vae.config import Config
from vae.data.datasets import Dataset
from vae.data.split import check_trainable
from vae.environment import is_public, limits, worker_count
from vae.errors import RunError, StudyError
from vae.files import writing_to
from vae.runs.layout import MODEL
from vae.runs.results import RESULTS
from vae.runs.run import STOPPED_BEFORE, Run
from vae.runs.run_images import missing_images
from vae.runs.schema import RunState
from vae.runs.storage import Storage
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter, new_run_id
from vae.server.durations import START_SECONDS, Job, job_seconds, last_start, seconds_left
from vae.server.presence import Presence
from vae.server.scheduler import OF_ONE_OWNER, PAUSED_SECONDS, Scheduler
from vae.server.study_jobs import StudyJobs
from vae.server.study_queue import StudyQueue
from vae.server.study_store import AnyStudy, StudyStore
from vae.server.sweep_cost import sweep_cost
from vae.server.tickets import Ticket, Tickets
from vae.server.worker_processes import Subject
from vae.sweeps.study import Sweep

__all__ = ["Position", "Queue"]

# Runs of one visitor, where strangers share a server.
MAX_WAITING = 3
MAX_RUNS = 30
ENLARGE_SECONDS = 30.0  # to write an enlarged set: about


class Position(NamedTuple):
    """Where a waiting run stands: how many jobs are ahead, and about how long they take."""

    ahead: int
    seconds: float


class Queue:
    """First come, first served; one run a visitor at a time, as many as there are workers."""

    def __init__(
        self, store: RunStore, workers: int | None = None, presence: Presence | None = None
    ) -> None:
        self.store = store
        self.workers = workers or worker_count()
        self.tickets = Tickets(store.folder)
        self._storage = Storage(store)
        self._importing = threading.Lock()
        studies = StudyStore(store.folder)
        self._scheduler = Scheduler(
            self._storage,
            self.tickets,
            self.workers,
            presence or Presence(0.0),
            StudyJobs(studies, self.tickets),
        )
        self.studies = StudyQueue(
            studies,
            self.tickets,
            self._scheduler.guard,
            self._check_space,
            self._check_waiting,
        )

    def close(self) -> None:
        """Stop scheduling; processes that train continue."""
        self._scheduler.close()

    def submit(self, config: Config, dataset: Dataset, owner: str = "") -> Run:
        """Make a run's folder and put it into the queue.

        Raises ConfigError if the layers do not fit the images or the server's limits, RunError if
        no folder can be made, no room is left or too many of the owner's runs wait.
        """
        limits().check(config, dataset.image_shape, dataset.classes)
        check_trainable(config, dataset)
        self._check_space(owner)
        self._check_waiting(owner)
        path = self.store.folder / new_run_id()
        RunWriter.create(path, config, dataset, owner)
        try:
            self._enqueue(path.name, "train", owner)
        except RunError:
            # A run that waits without a ticket would get one, and train after all.
            shutil.rmtree(path, ignore_errors=True)
            raise
        return self.store.open(path.name)

    def resume(self, run: Run, more_epochs: int = 0, action: str = "run") -> None:
        """Resume a run, or have it take one step ("batch", "epoch"), from wherever it stands.

        Raises RunError if it cannot, ConfigError if the epochs are more than allowed.
        """
        allowed = limits()
        longer = run.config.replace(epochs=run.requests.next_segment(more_epochs).until)
        allowed.check(longer, run.image_shape, run.classes)
        if allowed.seconds and run.status.get("seconds_trained", 0.0) >= allowed.seconds:
            raise RunError(f"{allowed.in_words()} Received: a run that has used up its time")
        with self._scheduler.guard:
            if self._scheduler.states.is_training(run) and not more_epochs:
                run.requests.send(action)
                return
            self._check_resume(run)  # before any request that would outlive a refusal
            run.requests.resume(more_epochs)
            if action != "run":
                run.requests.send(action)
            self._requeue(run)

    def pause(self, run: Run) -> None:
        """Pause a run where it is, with all that it learned."""
        with self._scheduler.guard:
            if self.tickets.is_waiting(run.id, "train"):
                self._scheduler.suspend(run, "Paused while it waited for its turn.")
            else:
                run.requests.send("pause")

    def stop(self, run: Run) -> None:
        """End a run; one that learned something keeps it and gets its model.

        One that no process trains yet leaves the queue at once. A job makes the model of what it
        had learned before, unless there is one.
        """
        with self._scheduler.guard:
            run.requests.send("stop")
            if self._scheduler.states.is_training(run):
                return  # its process makes the model
            epoch = int(run.status.get("epoch", 0))
            reason = f"Stopped by hand in epoch {epoch}." if epoch else STOPPED_BEFORE
            if not self._scheduler.states.set(run, RunState.STOPPED, reason):
                return  # a process has just started, and reads the request
            if self.tickets.is_waiting(run.id, "train"):
                self.tickets.remove(Ticket(run.id, "train"))
            if epoch and run.has_learned_more:
                self._enqueue(run.id, "recover", run.metadata.owner)

    def owns(self, run: Run, visitor: str) -> bool:
        """Whether a run is this visitor's to name, to delete and to bring back.

        On one's own machine all runs are. Where strangers share a server, the link of a run lets
        anyone do all else with it, and a run without an owner is nobody's.
        """
        return not is_public() or bool(visitor and run.metadata.owner == visitor)

    def rename(self, run: Run, name: str, visitor: str = "") -> None:
        """Give a run a name; raises RunError if it is somebody else's."""
        self._check_owner(run, visitor)
        self.store.rename(run, name)

    def annotate(
        self,
        run: Run,
        visitor: str = "",
        *,
        tags: Iterable[str] | None = None,
        note: str | None = None,
    ) -> None:
        """Give a run tags and a note, see `RunStore.annotate`; raises RunError as `rename`."""
        self._check_owner(run, visitor)
        self.store.annotate(run, tags=tags, note=note)

    def delete(self, run: Run, visitor: str = "") -> None:
        """Hide a run, for good after a while; what it does ends.

        Raises RunError if it is somebody else's.
        """
        self._check_owner(run, visitor)
        self.store.delete(run)
        self._scheduler.suspend(run, "Paused, since it was deleted.")

    def deleted(self, visitor: str = "") -> list[Run]:
        """Return the visitor's runs that can still be brought back, the one deleted last first."""
        return [run for run in self.store.deleted() if self.owns(run, visitor)]

    def undelete(self, run_id: str, visitor: str = "") -> Run:
        """Bring back one of these; raises RunError for any other."""
        if run_id not in [run.id for run in self.deleted(visitor)]:
            raise RunError(
                "Only a deleted run can be brought back, by its owner and for ten minutes. "
                f"Received: {run_id!r:.80}"
            )
        return self.store.undelete(run_id)

    def import_run(self, file: BinaryIO, owner: str = "") -> Run:
        """Make a run of a zip that was exported; the networks that decode are made by a worker.

        Raises RunError if it is not one, no room is left or the owner has too many runs.
        """
        with self._importing:  # one at a time: each may unpack a hundred megabytes
            self._check_space(owner)
            run = import_zip(file, self.store, owner)
        if (run.path / MODEL).exists():
            self.request(run, "export")
        return run

    def request(self, run: Run, action: str) -> None:
        """Put another job for a run into the queue, once: one of the tickets' other `ACTIONS`.

        Raises RunError for a result of which the run's model lacks the part, as t-SNE needs codes.
        """
        if result := RESULTS.get(action):
            run.require(result.needs)
        self._enqueue(run.id, action, run.metadata.owner)

    def withdraw(self, run: Run, action: str) -> None:
        """Remove such a job from the queue, unless it runs."""
        with self._scheduler.guard:
            if self.tickets.is_waiting(run.id, action):
                self.tickets.remove(Ticket(run.id, action))

    def is_pending(self, run: Run, *actions: str) -> bool:
        """Whether one of these jobs waits or runs."""
        return self.tickets.has(run.id, actions)

    def position(self, subject: Subject) -> Position:
        """Return how many jobs are ahead of a run's or study's, and the seconds until it starts."""
        run_id = subject.path.name
        tickets = self.tickets.list()
        waiting = [ticket for ticket in tickets if not ticket.started]
        ids = [ticket.run_id for ticket in waiting]
        if run_id not in ids:
            return Position(0, 0.0)
        queued = [self._job(ticket) for ticket in waiting[: ids.index(run_id) + 1]]
        running = [self._job(ticket) for ticket in tickets if ticket.started]
        return Position(*last_start(running, queued, self.workers))

    def warm_up(self) -> None:
        """Have a process ready, since a run may start soon."""
        self._scheduler.warm_up()

    def _check_owner(self, run: Run, visitor: str) -> None:
        if not self.owns(run, visitor):
            whose = "another visitor's" if run.metadata.owner else "nobody's"
            raise RunError(
                "On a shared server only its owner can name and delete a run. "
                f"Received: a run that is {whose}"
            )

    def _check_space(self, owner: str, more: int = 1) -> None:
        self._storage.check_space()
        if not is_public():
            return
        own = sum(run.metadata.owner == owner for run in self.store.list() if not run.shipped)
        own += self.studies.planned_runs(owner)
        if own + more > MAX_RUNS:
            raise RunError(
                f"On this server you can have {MAX_RUNS} runs: delete some first. "
                f"Received: {own} and {more} more"
            )

    def _check_waiting(self, owner: str) -> None:
        waiting = [ticket for ticket in self.tickets.list() if ticket.owner == owner]
        if is_public() and len(waiting) > MAX_WAITING:
            raise RunError(
                f"You can queue {MAX_WAITING} runs beside the one in training. Stop or delete one "
                "first. Received: one more"
            )

    def _check_resume(self, run: Run) -> None:
        if missing := missing_images(run):
            raise RunError(f"To continue, this run needs {missing}. Received: {run.dataset:.80}")
        if not self.tickets.has(run.id, ("train",)):
            self._check_waiting(run.metadata.owner)

    def _enqueue(self, run_id: str, action: str, owner: str) -> None:
        needs = "The queue needs a folder that can be written to"
        with writing_to(self.tickets.folder, needs), self._scheduler.guard:
            self.tickets.enqueue(run_id, action, owner)

    def _requeue(self, run: Run) -> None:
        """Put a run whose process has ended at the end of the queue."""
        if self._scheduler.states.set_queued(run) or not self._scheduler.states.is_training(run):
            if not self.tickets.is_waiting(run.id, "train"):
                self.tickets.remove(Ticket(run.id, "train"))
            self._enqueue(run.id, "train", run.metadata.owner)

    def _job(self, ticket: Ticket) -> Job:
        owner = ticket.owner if ticket.action in OF_ONE_OWNER else None
        try:
            if ticket.is_of_study:
                study = self.studies.store.open(ticket.run_id)
                return Job(ENLARGE_SECONDS if owner is None else _seconds_left(study), owner)
            run = self.store.open(ticket.run_id)
            if ticket.action != "train":
                return Job(job_seconds(run, ticket.action))
            if not ticket.started:
                return Job(START_SECONDS + seconds_left(run), ticket.owner)
            # A paused one ends when another job waits.
            seconds = PAUSED_SECONDS if run.state == RunState.PAUSED else seconds_left(run)
            return Job(seconds, ticket.owner)
        except (RunError, StudyError):
            return Job(0.0, owner)


def _seconds_left(study: AnyStudy) -> float:
    return sweep_cost(study).seconds if isinstance(study, Sweep) else study_seconds_left(study)
