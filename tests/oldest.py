"""Python with the oldest Keras and ONNX Runtime that open what VAE Lab writes.

The Makefile makes it: requirements-oldest.txt. Its Keras runs on JAX; `make test-backends` installs
the other backends there and names one in OLDEST_BACKEND.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import run_python

OLDEST_BACKEND = os.environ.get("OLDEST_BACKEND", "jax")
_BIN = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
OLDEST_PYTHON = Path(sys.prefix, "oldest", _BIN)


def run_oldest(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the oldest Keras's Python; skip the test where nobody made it."""
    if not OLDEST_PYTHON.exists():
        pytest.skip(f"`make test` makes {OLDEST_PYTHON}")
    return run_python(
        *("-I", *arguments),
        cwd=cwd,
        executable=OLDEST_PYTHON,
        KERAS_BACKEND=OLDEST_BACKEND,
        TF_XLA_FLAGS="",  # an old TensorFlow ends at a flag that it does not know,
        XLA_FLAGS="",  # and so does an old JAX
    )
