"""Worker processes: starting one, keeping one warm, asking one to leave."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from vae.environment import inherited_python_path
from vae.files import open_regular
from vae.runs.run import Run

__all__ = ["WORKER_ENVIRONMENT", "WarmWorker", "request_exit", "start_worker"]

# Fewer heaps keep less that is free: about 40 MB of the worker's peak.
WORKER_ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "2", "MALLOC_ARENA_MAX": "2"}
WARM_SECONDS = 180.0  # without anyone on the Train page


def start_worker(run: Run, action: str) -> subprocess.Popen[bytes]:
    """Start a process that does this for a run; what it prints goes to worker.log."""
    with open_regular(run.path / "worker.log", "ab") as log:
        return _spawn([str(run.path.resolve()), action], subprocess.DEVNULL, log)


def request_exit(run: Run, process: subprocess.Popen[bytes] | None = None) -> None:
    """Ask a run's process to pause the run where it is, and to go.

    process: the one that does it, if it is ours. Another server's is told through the run's folder:
    the number that it had may be anybody's by now. Raises RunError if that cannot be written.
    """
    if process is not None:
        process.terminate()
    elif run.control.action != "leave":
        run.ask("leave")


class WarmWorker:
    """A process that has TensorFlow ready and waits for a run; it ends with its server."""

    def __init__(self) -> None:
        self.process = _spawn(["--warm"], subprocess.PIPE, subprocess.DEVNULL)
        self.keep()

    def keep(self) -> None:
        """Someone may need it soon."""
        self._until = time.monotonic() + WARM_SECONDS

    @property
    def usable(self) -> bool:
        """Whether it is there, and still awaited."""
        return self.process.poll() is None and time.monotonic() < self._until

    def give(self, run: Run, action: str) -> subprocess.Popen[bytes]:
        """Hand it a run; raises OSError if it has just gone."""
        line = json.dumps({"run": str(run.path.resolve()), "action": action}) + "\n"
        self.process.stdin.write(line.encode())
        self.process.stdin.close()
        return self.process

    def end(self) -> None:
        """Let it go."""
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):  # a line that it did not read
            self.process.stdin.close()


def _spawn(arguments: list[str], stdin: int, output: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "vae.server.worker", *arguments],
        stdin=stdin,
        stdout=output,
        stderr=output,
        env=WORKER_ENVIRONMENT | os.environ | {"PYTHONPATH": _python_path()},
        # Its own session: Ctrl-C at the server does not end a run half-way.
        start_new_session=True,
    )


def _python_path() -> str:
    """The worker finds this package wherever the server was started."""
    here = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, (here, inherited_python_path())))
