"""Training each run of the tests once, whatever number of processes runs them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run, open_run


class TrainedOnce:
    """Trains each run in one of pytest's processes and copies it to the others.

    To train takes seconds of processor time, and tests of most files want the same few runs.
    """

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        base = factory.getbasetemp()  # each of several processes has its own in a common one
        self._shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "trained"
        self._shared.mkdir(exist_ok=True)
        self._factory = factory

    def __call__(self, name: str, config: Config, dataset: Dataset) -> Run:
        """Return a run of this configuration; the name is that of no other."""
        return open_run(self.folder(name, partial(_train, config, dataset)) / "run")

    def folder(self, name: str, fill: Callable[[Path], object]) -> Path:
        """Return a copy of the folder of this name, which one process has filled."""
        whole = self._shared / name
        with FileLock(f"{whole}.lock"):
            if not whole.exists():
                # Another one of this name is left where filling it failed.
                half = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._shared))
                fill(half)
                half.rename(whole)
        return shutil.copytree(whole, self._factory.mktemp(name) / "copy")


def _train(config: Config, dataset: Dataset, folder: Path) -> None:
    from vae.training.train import train

    train(config, dataset, out=folder / "run")
