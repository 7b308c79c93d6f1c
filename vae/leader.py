"""The leader of a queue: starts the processes and sees to what became of them.

Of all servers on one runs folder a single one leads, by a lock; one that starts anew, or takes
over, goes on where the last one was.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import threading
import time

from filelock import FileLock, Timeout

from vae.errors import RunError
from vae.presence import Presence
from vae.processes import WarmWorker, ask_to_leave, start_worker
from vae.recorder import Recorder
from vae.run_store import RunStore
from vae.runs import Run
from vae.tickets import Ticket, Tickets

__all__ = ["Leader", "become"]

LOOK_SECONDS = 0.3
STUMBLE_SECONDS = 3.0  # a full disk is not better in a moment, and its log not smaller
PURGE_SECONDS = 60.0
# A paused run keeps its process, for a quick answer, unless somebody waits for the place.
PAUSED_PLACE_SECONDS = 30.0
LOCK_SECONDS = 0.5  # for those who look whether a run is alive to let go of its lock


def become(run: Run, state: str, reason: str, **status: object) -> bool:
    """Write a run's state, unless a process holds it; return whether that was done."""
    try:
        with run.lock().acquire(timeout=LOCK_SECONDS):
            Recorder.reopen(run.path).last_word(state=state, reason=reason, **status)
            return True
    except (Timeout, OSError, ValueError):
        return False


class Leader:
    """Looks after the jobs of a runs folder, in a thread, as long as it holds the lead."""

    def __init__(self, store: RunStore, tickets: Tickets, workers: int, presence: Presence) -> None:
        self.store, self.tickets, self.workers = store, tickets, workers
        self.presence = presence
        self.guard = threading.RLock()  # between this thread and those of the pages
        # Taken in one thread, looked at and let go in others.
        self._lead = FileLock(tickets.folder / "leader.lock", thread_local=False)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._warm: WarmWorker | None = None
        self._closing = threading.Event()
        self._purged = 0.0
        self._thread = threading.Thread(target=self._watch, name="vae-queue", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking after the runs; those that train go on."""
        self._closing.set()
        self._thread.join()
        with self.guard:
            self._drop_warm()
        self._lead.release(force=True)

    def warm_up(self) -> None:
        """Have a process ready, since somebody may start a run soon."""
        with self.guard:
            if self._warm is not None and self._warm.usable:
                self._warm.keep()
            elif self._lead.is_locked and len(self._processes) < self.workers:
                self._drop_warm()
                with contextlib.suppress(OSError):  # then the start is a slow one
                    self._warm = WarmWorker()

    def park(self, run: Run, reason: str) -> None:
        """Pause a run and give its place to others."""
        with self.guard:
            if self.tickets.is_waiting(run.id, "train"):
                if become(run, "paused", reason):
                    self.tickets.remove(Ticket(run.id, "train"))
            elif run.is_alive():
                run.ask("pause")
                ask_to_leave(run, self._processes.get(f"{run.id}-train"))

    def _watch(self) -> None:
        rest = LOOK_SECONDS
        while not self._closing.wait(rest):
            rest = LOOK_SECONDS
            try:
                with self.guard:
                    if self._lead.is_locked:
                        self._look()
                    elif self._take_lead():
                        self._take_over()
            except Exception:
                # One bad folder must not end the queue for all others.
                logging.getLogger(__name__).exception("The queue stumbled and goes on")
                rest = STUMBLE_SECONDS

    def _take_lead(self) -> bool:
        try:
            self.tickets.folder.mkdir(parents=True, exist_ok=True)
            self._lead.acquire(timeout=0)
            return True
        except (Timeout, OSError):
            return False  # another server leads, or nothing can be written here

    def _take_over(self) -> None:
        """Go on where the last leader was."""
        for ticket in self.tickets.list():
            if not ticket.started or self._is_under_way(ticket):
                continue
            run = self._run_of(ticket)
            if ticket.action != "train" or run is None:
                self.tickets.remove(ticket)
            elif run.state in ("queued", "interrupted"):
                # It died together with its server, and through no fault of its own: it is taken
                # up, but not twice from the same place.
                place = [run.status.get("epoch", 0), run.status.get("step", 0)]
                if run.status.get("taken_up") == place:
                    self._ended(ticket)
                elif become(run, "queued", "", taken_up=place):
                    self.tickets.remove(ticket)
                    self.tickets.draw(run.id, "train", ticket.owner)
        for run in self.store.list():
            if not run.shipped and run.state == "queued":
                self.tickets.draw(run.id, "train", run.about.owner)

    def _look(self) -> None:
        tickets = self.tickets.list()
        under_way = []
        for ticket in tickets:
            if ticket.started:
                if self._is_under_way(ticket):
                    under_way.append(ticket)
                else:
                    self._ended(ticket)
        busy = {ticket.owner for ticket in under_way if ticket.action == "train"}
        held = {ticket.run_id for ticket in under_way}
        left_waiting = False
        blocked = set()  # whose next run waits for the last one
        for ticket in tickets:
            if ticket.started or ticket.run_id in held:
                continue
            if ticket.action == "train" and ticket.owner in busy:
                blocked.add(ticket.owner)
                continue
            if len(under_way) >= self.workers:
                left_waiting = True
                break
            self._begin(ticket)
            under_way.append(ticket)
            busy |= {ticket.owner} if ticket.action == "train" else set()
        self._free_paused_places(
            [ticket for ticket in under_way if left_waiting or ticket.owner in blocked]
        )
        self._let_deleted_go(under_way)
        self._pause_unattended(tickets)
        if self._warm is not None and not self._warm.usable:
            self._drop_warm()
        if time.monotonic() > self._purged + PURGE_SECONDS:
            self._purged = time.monotonic()
            self.store.purge()

    def _begin(self, ticket: Ticket) -> None:
        run = self._run_of(ticket)
        if run is None:
            self.tickets.remove(ticket)
            return
        try:
            self.tickets.start(ticket)
            self._processes[ticket.name] = self._process_for(run, ticket.action)
        except OSError as error:
            logging.getLogger(__name__).warning("Cannot start %s: %s", ticket, error)
            if ticket.action == "train":
                become(run, "failed", f"The training process could not start: {error.strerror}.")
            self.tickets.remove(ticket)

    def _process_for(self, run: Run, action: str) -> subprocess.Popen[bytes]:
        if self._warm is not None and action != "tsne":
            warm, self._warm = self._warm, None
            if warm.usable:
                with contextlib.suppress(OSError):
                    return warm.give(run, action)
            warm.end()
        return start_worker(run, action)

    def _is_under_way(self, ticket: Ticket) -> bool:
        process = self._processes.get(ticket.name)
        if process is not None:
            if process.poll() is None:
                return True
            del self._processes[ticket.name]
        # Perhaps a process of another server has it.
        return Run(self.store.folder / ticket.run_id).is_alive()

    def _ended(self, ticket: Ticket) -> None:
        self.tickets.remove(ticket)
        run = self._run_of(ticket)
        if run is None or ticket.action != "train":
            return
        if run.state == "queued":
            become(run, "failed", "The training process did not start.")
        elif run.state == "interrupted":
            become(run, "interrupted", run.status["reason"])
            if (run.path / "checkpoint.npz").exists():
                # The pages need the model files of what it had learned.
                self.tickets.draw(run.id, "recover", ticket.owner)
        elif _wants_more(run) and become(run, "queued", ""):
            self.tickets.draw(run.id, "train", ticket.owner)

    def _free_paused_places(self, under_way: list[Ticket]) -> None:
        for ticket in under_way:
            run = self._run_of(ticket)
            if ticket.action == "train" and run is not None and run.state == "paused":
                changed = (run.path / "status.json").stat().st_mtime
                if time.time() - changed > PAUSED_PLACE_SECONDS:
                    ask_to_leave(run, self._processes.get(ticket.name))

    def _let_deleted_go(self, under_way: list[Ticket]) -> None:
        for ticket in under_way:
            run = Run(self.store.folder / ticket.run_id)
            # Perhaps it was deleted before its process held it.
            if ticket.action == "train" and run.about.deleted and run.is_alive():
                ask_to_leave(run, self._processes.get(ticket.name))

    def _pause_unattended(self, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            if ticket.action == "train" and self.presence.is_gone(ticket.owner, ticket.run_id):
                run = self._run_of(ticket)
                if run is not None:
                    self.park(run, "Paused, since its visitor left.")

    def _run_of(self, ticket: Ticket) -> Run | None:
        try:
            return self.store.open(ticket.run_id)
        except RunError:
            return None  # deleted meanwhile

    def _drop_warm(self) -> None:
        if self._warm is not None:
            self._warm.end()
            self._warm = None


def _wants_more(run: Run) -> bool:
    """Whether more was asked of a run at the moment when its process was about to go."""
    control = run.control
    if control.serial <= run.status.get("serial", 0):
        return False
    if run.state == "finished":
        return run.epochs > run.status["epoch"]
    done = {"paused": ("pause",), "stopped": ("pause", "stop")}
    return run.state in done and control.action not in done[run.state]
