"""The queue: who runs next, and what became of those that ran.

The folders are the truth. A queue that is made anew, after a restart of the server, looks at
them and goes on where the last one was.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import NamedTuple

from vae.architecture import summarize
from vae.config import Config
from vae.datasets import Dataset
from vae.errors import RunError
from vae.recorder import Recorder, new_run_id
from vae.runs import ACTIVE_STATES, Run, RunStore

__all__ = ["Queue"]

LOOK_SECONDS = 0.3
# Fewer heaps keep less that is free: about 40 MB of the worker's peak.
WORKER_ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "2", "MALLOC_ARENA_MAX": "2"}


class Job(NamedTuple):
    """Something a worker process does for a run: "train" (or recover) or "tsne"."""

    run_id: str
    action: str


class Queue:
    """Starts worker processes, first come, first served, at most `workers` at a time."""

    def __init__(self, store: RunStore, workers: int = 1) -> None:
        self.store = store
        self.workers = workers
        self._waiting: deque[Job] = deque()
        self._processes: dict[Job, subprocess.Popen[bytes]] = {}
        self._adopted: set[Job] = set()  # alive, but started by a server before this one
        self._guard = threading.RLock()
        self._something_to_do = threading.Event()
        self._adopt()
        threading.Thread(target=self._watch, name="vae-queue", daemon=True).start()

    def submit(self, config: Config, dataset: Dataset) -> Run:
        """Make a run's folder and put it into the queue.

        Raises ConfigError if the layers do not fit the images, RunError if no folder can be made.
        """
        summarize(config, dataset.image_shape)
        path = self.store.folder / new_run_id()
        Recorder.create(path, config, dataset)
        self._add(Job(path.name, "train"))
        return self.store.open(path.name)

    def request_tsne(self, run: Run) -> None:
        """Put a t-SNE projection of a run's latents into the queue, once."""
        self._add(Job(run.id, "tsne"))

    def is_pending(self, run: Run, action: str) -> bool:
        """Whether a job waits or is under way."""
        with self._guard:
            job = Job(run.id, action)
            return job in self._waiting or job in self._processes or job in self._adopted

    def stop(self, run: Run) -> None:
        """End a run: one that waits never starts, one that trains keeps what it learned."""
        job = Job(run.id, "train")
        with self._guard:
            if job in self._waiting:
                self._waiting.remove(job)
                Recorder.reopen(run.path).status(state="stopped", reason="Stopped before it began.")
                return
        run.request_stop()

    def place(self, run: Run) -> int:
        """Return how many jobs go before this run's: 0 if it is next or does not wait."""
        with self._guard:
            job = Job(run.id, "train")
            if job not in self._waiting:
                return 0
            return self._waiting.index(job) + len(self._processes) + len(self._adopted)

    def _add(self, job: Job) -> None:
        with self._guard:
            if job not in self._waiting and job not in self._processes:
                self._waiting.append(job)
        self._something_to_do.set()

    def _adopt(self) -> None:
        """Take over what an earlier server left: the oldest first."""
        for run in reversed(self.store.list()):
            if run.shipped:
                continue
            if run.state == "queued":
                self._waiting.append(Job(run.id, "train"))
            elif run.state in ACTIVE_STATES:
                self._adopted.add(Job(run.id, "train"))
            elif run.state == "interrupted":
                self._after_death(run)
        self._something_to_do.set()

    def _watch(self) -> None:
        while True:
            self._something_to_do.wait()
            try:
                with self._guard:
                    self._look()
                    if not (self._waiting or self._processes or self._adopted):
                        self._something_to_do.clear()
            except Exception:
                # One bad folder must not end the queue for all others.
                logging.getLogger(__name__).exception("The queue stumbled and goes on")
            threading.Event().wait(LOOK_SECONDS)

    def _look(self) -> None:
        for job, process in list(self._processes.items()):
            if process.poll() is not None:
                del self._processes[job]
                self._ended(job)
        for job in list(self._adopted):
            try:
                alive = self.store.open(job.run_id).is_alive()
            except RunError:
                alive = False  # deleted meanwhile
            if not alive:
                self._adopted.remove(job)
                self._ended(job)
        while self._waiting and len(self._processes) + len(self._adopted) < self.workers:
            job = self._waiting.popleft()
            try:
                self._processes[job] = self._start(job)
            except (OSError, RunError) as error:
                logging.getLogger(__name__).warning("Cannot start %s: %s", job, error)

    def _start(self, job: Job) -> subprocess.Popen[bytes]:
        run = self.store.open(job.run_id)
        command = [sys.executable, "-m", "vae.worker", str(run.path.resolve())]
        if job.action == "tsne":
            command.append("--tsne")
        with (run.path / "worker.log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=WORKER_ENVIRONMENT | os.environ | {"PYTHONPATH": _python_path()},
                # Its own session: Ctrl-C at the server does not end a run half-way.
                start_new_session=True,
            )

    def _ended(self, job: Job) -> None:
        if job.action != "train":
            return
        try:
            run = self.store.open(job.run_id)
        except RunError:
            return  # deleted meanwhile
        if run.state == "queued":
            recorder = Recorder.reopen(run.path)
            recorder.status(state="failed", reason="The training process did not start.")
        elif run.state == "interrupted":
            self._after_death(run)

    def _after_death(self, run: Run) -> None:
        """Say what happened and have the model files made from the last checkpoint, once."""
        recorder = Recorder.reopen(run.path)
        if run.status.get("recovering"):
            recorder.status(state="interrupted")
            return
        recovering = (run.path / "checkpoint.npz").exists()
        recorder.status(
            state="interrupted",
            recovering=recovering,
            reason="The training process was ended from outside.",
        )
        if recovering:
            self._waiting.append(Job(run.id, "train"))


def _python_path() -> str:
    """The worker finds this package wherever the server was started."""
    here = str(Path(__file__).resolve().parents[1])
    return os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
