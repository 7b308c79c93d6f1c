"""The leader of a queue: it starts the processes and handles their ends.

Of all servers on one runs folder a single one leads, by a lock; one that restarts, or takes over,
continues where the last one was.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time

from filelock import FileLock, Timeout

from vae.errors import RunError
from vae.runs import layout
from vae.runs.run import Run
from vae.runs.schema import RunState
from vae.runs.storage import Storage
from vae.server.presence import Presence
from vae.server.run_states import RunStates
from vae.server.study_jobs import StudyJobs
from vae.server.tickets import Ticket, Tickets
from vae.server.worker_pool import WorkerPool
from vae.server.worker_processes import Subject

__all__ = ["Scheduler"]

POLL_SECONDS = 0.3
RETRY_SECONDS = 3.0  # a full disk is not better in a moment, and its log not smaller
TIDY_SECONDS = 60.0
# A paused run keeps its process, for a quick answer, unless another job waits for a worker.
PAUSED_SECONDS = 30.0
# Of these one visitor has one at a time.
OF_ONE_OWNER = ("train", "study")


class Scheduler:
    """Runs the jobs of a runs folder, in a thread, as long as it is the leader."""

    def __init__(
        self,
        storage: Storage,
        tickets: Tickets,
        workers: int,
        presence: Presence,
        studies: StudyJobs,
    ) -> None:
        self.store, self.tickets, self.workers = storage.store, tickets, workers
        self._studies = studies
        self.presence = presence
        self._storage = storage
        self.guard = threading.RLock()  # between this thread and those of the pages
        # Taken in one thread, checked and released in others.
        self._lead = FileLock(tickets.folder / "leader.lock", thread_local=False)
        self.states = RunStates(tickets)
        self._pool = WorkerPool()
        self._closing = threading.Event()
        self._took_over = False
        self._inherited: set[str] = set()  # jobs under way whose processes another server started
        self._tidied = -TIDY_SECONDS
        self._thread = threading.Thread(target=self._watch, name="vae-queue", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop scheduling; processes that train continue."""
        self._closing.set()
        self._thread.join()
        with self.guard:
            self._pool.end_warm()
        self._lead.release(force=True)

    def warm_up(self) -> None:
        """Have a process ready, since a run may start soon."""
        with self.guard:
            if self._pool.extend_warm():
                return
            if self._lead.is_locked and self._started() < self.workers:
                self._pool.start_warm()

    def suspend(self, run: Run, reason: str) -> None:
        """Pause a run and free its worker."""
        with self.guard:
            if self.tickets.is_waiting(run.id, "train"):
                if self.states.set(run, RunState.PAUSED, reason):
                    self.tickets.remove(Ticket(run.id, "train"))
            elif run.is_alive():
                self._request_exit(run)

    def _watch(self) -> None:
        rest = POLL_SECONDS
        while not self._closing.wait(rest):
            rest = POLL_SECONDS
            try:
                self.presence.announce(self.tickets.folder)
                with self.guard:
                    if not (self._lead.is_locked or self._take_lead()):
                        continue
                    if not self._took_over:  # tried again, should it fail half-way
                        self._take_over()
                        self._took_over = True
                    self._poll()
            except Exception:
                # One bad folder must not end the queue for all others.
                logging.getLogger(__name__).exception("The queue failed and retries")
                rest = RETRY_SECONDS

    def _take_lead(self) -> bool:
        try:
            self.tickets.folder.mkdir(parents=True, exist_ok=True)
            self._lead.acquire(timeout=0)
            return True
        except (Timeout, OSError):
            return False  # another server leads, or nothing can be written here

    def _take_over(self) -> None:
        """Continue where the last leader was."""
        for ticket in self.tickets.list():
            if ticket.started:
                self._inherited.add(ticket.name)
                if not self._is_under_way(ticket):
                    self._ended(ticket)

    def _tidy(self) -> None:
        """Remove deleted runs, and give each queued run and study a ticket."""
        self._tidied = time.monotonic()
        self._free_space()
        self.store.purge()
        for run in self.store.list():
            if not run.shipped and run.state == RunState.QUEUED:
                with contextlib.suppress(OSError):  # one bad folder must not stop the others
                    self.tickets.enqueue(run.id, "train", run.metadata.owner)
        self._studies.tidy()

    def _free_space(self) -> None:
        """Remove expired runs, where strangers share the server and need their room."""
        busy = {ticket.run_id for ticket in self.tickets.list()}
        for run in self._storage.to_remove(busy):
            log = logging.getLogger(__name__)
            try:
                self.store.remove(run)
                log.warning("Removed %s, since other runs need its room", run.path)
            except OSError as error:
                log.warning("Cannot remove %s: %s", run.path, error)

    def _poll(self) -> None:
        # First, since it is what frees a full disk.
        if time.monotonic() > self._tidied + TIDY_SECONDS:
            self._tidy()
        tickets = self.tickets.list()
        under_way: list[Ticket] = []
        for ticket in tickets:
            if ticket.started:
                if self._is_under_way(ticket):
                    under_way.append(ticket)
                else:
                    self._ended(ticket)
        busy = {ticket.owner for ticket in under_way if ticket.action in OF_ONE_OWNER}
        held = {ticket.run_id for ticket in under_way}
        in_the_way: set[str] = set()  # owners and ids of runs for whose end others wait
        for ticket in tickets:
            if ticket.started:
                continue
            if ticket.run_id in held:
                in_the_way.add(ticket.run_id)
                continue
            if ticket.action in OF_ONE_OWNER and ticket.owner in busy:
                in_the_way.add(ticket.owner)
                continue
            if len(under_way) >= self.workers:
                in_the_way |= {under.run_id for under in under_way}
                break
            self._begin(ticket)
            under_way.append(ticket)
            busy |= {ticket.owner} if ticket.action in OF_ONE_OWNER else set()
        self._end_paused(
            [ticket for ticket in under_way if {ticket.run_id, ticket.owner} & in_the_way]
        )
        self._end_deleted(under_way)
        self._pause_unattended(tickets)
        self._pool.end_warm(unless_usable=True)

    def _started(self) -> int:
        return sum(ticket.started for ticket in self.tickets.list())

    def _begin(self, ticket: Ticket) -> None:
        run = None if ticket.is_of_study else self._run_of(ticket)
        subject: Subject | None = self._studies.of(ticket) if ticket.is_of_study else run
        if subject is None:
            self.tickets.remove(ticket)
            return
        try:
            self.tickets.start(ticket)
            self._pool.start(ticket.name, subject, ticket.action)
        except OSError as error:
            logging.getLogger(__name__).warning("Cannot start %s: %s", ticket, error)
            reason = f"The training process could not start: {error.strerror}."
            if ticket.is_of_study:
                self._studies.failed_to_start(ticket, reason)
            elif ticket.action == "train" and run is not None:
                self.states.set_failed(run, reason)
            self.tickets.remove(ticket)

    def _is_under_way(self, ticket: Ticket) -> bool:
        if self._pool.is_running(ticket.name):
            return True
        # Perhaps a process of another server has it.
        if ticket.is_of_study:
            return self._studies.is_alive(ticket)
        return Run(self.store.folder / ticket.run_id).is_alive()

    def _ended(self, ticket: Ticket) -> None:
        is_inherited = ticket.name in self._inherited
        self._inherited.discard(ticket.name)
        if ticket.is_of_study:
            (self._studies.take_over if is_inherited else self._studies.ended)(ticket)
            return
        run = self._run_of(ticket)
        if run is None or ticket.action != "train":
            self.tickets.remove(ticket)
            return
        if is_inherited and self._resume_once(run, ticket):
            return
        self.tickets.remove(ticket)
        if run.state == RunState.QUEUED:
            self.states.set_failed(run, "The training process did not start.")
        elif run.state == RunState.INTERRUPTED:
            self.states.set(run, RunState.INTERRUPTED, run.status.get("reason", ""))
            if (run.path / layout.CHECKPOINT).exists():
                # The pages need the model files of what it had learned.
                self.tickets.enqueue(run.id, "recover", ticket.owner)
        elif _wants_more(run) and self.states.set_queued(run):
            self.tickets.enqueue(run.id, "train", ticket.owner)

    def _resume_once(self, run: Run, ticket: Ticket) -> bool:
        """Put a run that died with its server into the queue, not twice from one checkpoint.

        It may die a moment later than the server: where both are in one container, the system
        releases the server's locks before it kills the others. Returns whether that was done.
        """
        checkpoint = run.status.get("kept", [])
        if run.state not in (RunState.QUEUED, RunState.INTERRUPTED):
            return False
        if run.status.get("taken_up") == checkpoint:
            return False
        if not self.states.set_queued(run, taken_up=checkpoint):
            return False
        self.tickets.remove(ticket)
        self.tickets.enqueue(run.id, "train", ticket.owner)
        return True

    def _end_paused(self, under_way: list[Ticket]) -> None:
        for ticket in under_way:
            run = self._run_of(ticket) if ticket.action == "train" else None
            if run is not None and run.state == RunState.PAUSED:
                changed = (run.path / layout.STATUS).stat().st_mtime
                if time.time() - changed > PAUSED_SECONDS:
                    self._request_exit(run)

    def _end_deleted(self, under_way: list[Ticket]) -> None:
        for ticket in under_way:
            run = Run(self.store.folder / ticket.run_id)
            # Perhaps it was deleted before its process held it.
            if ticket.action == "train" and run.metadata.deleted and run.is_alive():
                self._request_exit(run)

    def _pause_unattended(self, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            if ticket.action not in OF_ONE_OWNER:
                continue
            if not self.presence.is_absent(ticket.owner, ticket.run_id):
                continue
            if ticket.is_of_study:
                self._studies.pause(ticket)
            elif (run := self._run_of(ticket)) is not None:
                self.suspend(run, "Paused, since its visitor left.")

    def _request_exit(self, run: Run) -> None:
        with contextlib.suppress(RunError):  # no room for the request: it is made again
            self._pool.request_exit(Ticket(run.id, "train").name, run)

    def _run_of(self, ticket: Ticket) -> Run | None:
        try:
            return self.store.open(ticket.run_id)
        except RunError:
            return None  # deleted meanwhile


def _wants_more(run: Run) -> bool:
    """Whether more was requested of a run at the moment when its process was about to end."""
    control = run.control
    if control.serial <= run.status.get("serial", 0):
        return False
    if run.state == RunState.FINISHED:
        # Not beyond the epoch at which it ended, since early stopping ends it before the last one.
        return run.epochs > run.status.get("until", run.status.get("epoch", 0))
    done = {
        RunState.PAUSED: ("pause", "leave"),
        RunState.STOPPED: ("pause", "leave", "stop"),
    }
    return run.state in done and control.action not in done[run.state]
