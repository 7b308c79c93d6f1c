"""A queue whose workers train nothing: `stub_worker.py` holds a run, and follows instructions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, wait_until
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.server import scheduler, worker_processes
from vae.server.presence import Presence
from vae.server.queue import Queue

SMALL = Config(latent_dim=2, hidden=(16,), epochs=5)


def waiting(queue: Queue) -> list[str]:
    """The runs with a job that has not begun, the first first."""
    return [ticket.run_id for ticket in queue.tickets.list() if not ticket.started]


class Servers:
    """A runs folder with servers that look after it. Each run goes by a short name."""

    def __init__(self, folder: Path, dataset: Dataset, patch: pytest.MonkeyPatch) -> None:
        self.store = RunStore(folder, folder / "none")
        self.folder, self.dataset = folder, dataset
        self.processes: list[subprocess.Popen[bytes]] = []
        self._queues: list[Queue] = []
        self._polls: dict[Queue, int] = {}
        self._names: dict[str, str] = {}
        self.refuses = 0  # how many starts fail, as where there is no memory for a process
        patch.setattr(worker_processes, "_spawn", self._spawn)
        patch.setattr(scheduler, "POLL_SECONDS", 0.01)

    def _spawn(self, arguments: list[str], stdin: int, output: Any) -> subprocess.Popen[bytes]:
        if self.refuses:
            self.refuses -= 1
            raise OSError(12, "Cannot allocate memory")
        command = [sys.executable, "-S", str(ROOT / "tests" / "stub_worker.py"), *arguments]
        process = subprocess.Popen(command, stdin=stdin, stdout=output, stderr=output)
        self.processes.append(process)
        return process

    def open(self, workers: int = 1, presence: Presence | None = None) -> Queue:
        """Start a server."""
        queue = Queue(self.store, workers, presence)
        self._queues.append(queue)
        self._polls[queue] = 0
        for name in ("_poll", "_take_lead"):  # the leader does the one, all others the other
            act = getattr(queue._scheduler, name)

            def counted(act: Callable[[], Any] = act) -> Any:
                self._polls[queue] += 1
                return act()

            setattr(queue._scheduler, name, counted)
        return queue

    def close(self) -> None:
        """End all that was started."""
        for queue in self._queues:
            queue.close()
        for process in self.processes:
            process.kill()
            process.wait()

    def submit(self, queue: Queue, name: str, owner: str = "", **changes: Any) -> Run:
        """Put a run into the queue."""
        run = queue.submit(SMALL.replace(**changes), self.dataset, owner)
        self._names[run.id] = name
        return run

    @property
    def order(self) -> list[str]:
        """Which jobs were begun, the first first; a training by its run's name alone."""
        try:
            lines = (self.folder / "order.txt").read_text().splitlines()
        except FileNotFoundError:
            return []
        begun = []
        for line in lines:
            run_id, action, _ = line.split()
            name = self._names.get(run_id, run_id)
            begun.append(name if action == "train" else f"{name} {action}")
        return begun

    @property
    def starts(self) -> int:
        """How many processes were started."""
        return len(self.processes)

    def until_begun(self, *order: str) -> None:
        """Wait until these jobs were begun, and fail if others were."""
        wait_until(lambda: len(self.order) >= len(order), f"{order} begin; begun: {self.order}")
        assert self.order == list(order)

    def until(self, run: Run, state: str) -> Run:
        """Wait until a run is in a state; return it as it is then."""
        wait_until(lambda: open_run(run.path).state == state, f"a run is {state}")
        return open_run(run.path)

    def instruct(self, run: Run, what: str) -> None:
        """Have a run's process "finish", "crash", ..."""
        (run.path / what).touch()

    def finish(self, run: Run) -> None:
        """Have a run come to its end, and wait until its place is free."""
        self.instruct(run, "finish")
        self.until(run, "finished")
        wait_until(lambda: not self._queues[-1].is_pending(run, "train"), "its place is free")

    def settle(self, queue: Queue) -> None:
        """Wait until a server had time to do what it should not do."""
        polls = self._polls[queue]
        wait_until(lambda: self._polls[queue] > polls + 3, "the leader looks")
