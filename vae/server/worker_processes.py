"""Worker processes: starting one, having one ready, requesting that one ends."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Protocol

from vae.environment import worker_python_path
from vae.files import open_regular
from vae.runs.layout import LOG
from vae.runs.run import Run

__all__ = ["WORKER_ENVIRONMENT", "Subject", "WarmWorker", "request_exit", "start_worker"]

# Fewer heaps keep less that is free: about 40 MB of the worker's peak.
WORKER_ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "2", "MALLOC_ARENA_MAX": "2"}
WARM_SECONDS = 180.0  # without a visitor on the Train page


class Subject(Protocol):
    """A run or a study: what is in a folder, for which a process does a job."""

    @property
    def path(self) -> Path:
        """Its folder."""
        ...


def start_worker(subject: Subject, action: str) -> subprocess.Popen[bytes]:
    """Start a process for a job of a run or a study; what it prints goes to worker.log."""
    with open_regular(subject.path / LOG, "ab") as log:
        return _spawn([str(subject.path.resolve()), action], subprocess.DEVNULL, log)


def request_exit(run: Run, process: subprocess.Popen[bytes] | None = None) -> None:
    """Request that a run's process pauses the run where it is, and ends.

    process: the one that does it, if this server started it. Another server's process reads the
    request in the run's folder: its number may be reused by now. Raises RunError if that cannot be
    written.
    """
    if process is not None:
        process.terminate()
    elif run.control.action != "leave":
        run.requests.send("leave")


class WarmWorker:
    """A process that has loaded TensorFlow and waits for a run; it ends with its server."""

    def __init__(self) -> None:
        self.process = _spawn(["--warm"], subprocess.PIPE, subprocess.DEVNULL)
        assert self.process.stdin is not None  # a pipe
        self._stdin = self.process.stdin
        self.extend()

    def extend(self) -> None:
        """Keep it for another three minutes."""
        self._until = time.monotonic() + WARM_SECONDS

    @property
    def usable(self) -> bool:
        """Whether it runs, and its time is not over."""
        return self.process.poll() is None and time.monotonic() < self._until

    def start(self, subject: Subject, action: str) -> subprocess.Popen[bytes]:
        """Start a job in it; raises OSError if it has just ended."""
        line = json.dumps({"run": str(subject.path.resolve()), "action": action}) + "\n"
        self._stdin.write(line.encode())
        self._stdin.close()
        return self.process

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):  # a line that it did not read
            self._stdin.close()


def _spawn(arguments: list[str], stdin: int, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "vae.server.worker", *arguments],
        stdin=stdin,
        stdout=output,
        stderr=output,
        env={**WORKER_ENVIRONMENT, **os.environ, "PYTHONPATH": worker_python_path()},
        # Its own session: Ctrl-C at the server does not end a run half-way.
        start_new_session=True,
    )
