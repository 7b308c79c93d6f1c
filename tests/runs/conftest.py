"""A run to be changed, for the tests of its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import copy_run
from vae.runs.run import Run


@pytest.fixture
def run(finished_run: Run, tmp_path: Path) -> Run:
    """A copy of a finished run, to be changed."""
    return copy_run(finished_run, tmp_path / "runs" / "copy")
