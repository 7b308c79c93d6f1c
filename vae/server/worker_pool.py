"""The worker processes of one server: those that run its jobs, and one that is kept warm."""

from __future__ import annotations

import contextlib
import subprocess

from vae.runs.results import RESULTS
from vae.runs.run import Run
from vae.server.worker_processes import Subject, WarmWorker, request_exit, start_worker

__all__ = ["WorkerPool"]


class WorkerPool:
    """Starts processes, each by the name of its job, and says which of them still run."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._warm: WarmWorker | None = None

    def start(self, name: str, subject: Subject, action: str) -> None:
        """Start a process for a job. Raises OSError where the system refuses."""
        self._processes[name] = self._process_for(subject, action)

    def is_running(self, name: str) -> bool:
        """Whether a process of this pool still has a job."""
        process = self._processes.get(name)
        if process is None:
            return False
        if process.poll() is None:
            return True
        del self._processes[name]
        return False

    def request_exit(self, name: str, run: Run) -> None:
        """Have the process of a job end, be it of this pool or of another server.

        Raises RunError if the request cannot be written.
        """
        request_exit(run, self._processes.get(name))

    def extend_warm(self) -> bool:
        """Keep the warm process for longer; return whether there is one."""
        if self._warm is None or not self._warm.usable:
            return False
        self._warm.extend()
        return True

    def start_warm(self) -> None:
        """Have a process ready that has TensorFlow loaded."""
        self.end_warm()
        with contextlib.suppress(OSError):  # then the start is a slow one
            self._warm = WarmWorker()

    def end_warm(self, *, unless_usable: bool = False) -> None:
        """End the warm process, if there is one."""
        if self._warm is not None and not (unless_usable and self._warm.usable):
            self._warm.end()
            self._warm = None

    def _process_for(self, subject: Subject, action: str) -> subprocess.Popen[bytes]:
        # What reads latents or runs ONNX files leaves the warm process to who needs TensorFlow, and
        # a study has processes of its own that train.
        needs_tensorflow = action not in RESULTS or RESULTS[action].needs_tensorflow
        needs_tensorflow = needs_tensorflow and action != "study"
        if self._warm is not None and needs_tensorflow:
            warm, self._warm = self._warm, None
            if warm.usable:
                with contextlib.suppress(OSError):
                    return warm.start(subject, action)
            warm.end()
        return start_worker(subject, action)
