"""Starting the programs that read what somebody sent."""

from __future__ import annotations

import os
import subprocess
import sys

from vae.environment import worker_python_path

__all__ = ["start"]

# Of few threads and one heap: what each reserves counts as memory that the program has.
FRUGAL = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


def start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a program of this package, to be spoken to by standard input and output."""
    return subprocess.Popen(
        # -P: no file in the current folder is taken for a module.
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": worker_python_path(), **FRUGAL},
    )
