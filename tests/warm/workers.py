"""Workers of a queue that are programs of the server."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO

from tests.warm.programs import POSSIBLE, Process, start_warm
from vae.environment import worker_python_path
from vae.server import worker_processes

__all__ = ["spawn_warm"]

EXECUTABLE = sys.executable
spawn = worker_processes._spawn


def spawn_warm(
    arguments: list[str], stdin: int, output: IO[bytes] | int
) -> Process | subprocess.Popen[bytes]:
    """Start a worker as `vae.server.worker_processes` does, in the place of its `_spawn`."""
    if not POSSIBLE or sys.executable != EXECUTABLE:  # a test has another program started
        return spawn(arguments, stdin, output)
    return start_warm(
        *("-m", "vae.server.worker", *arguments),
        stdin=stdin,
        stdout=output,
        stderr=output,
        env={
            **worker_processes.WORKER_ENVIRONMENT,
            **os.environ,
            "PYTHONPATH": worker_python_path(),
        },
        start_new_session=True,
    )
