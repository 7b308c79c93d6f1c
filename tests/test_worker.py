"""The process around training: what it does for which run, and how it tells of trouble."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run, run_python
from vae.config import Config
from vae.datasets import Dataset
from vae.errors import DatasetError
from vae.recorder import Recorder
from vae.runs import Run, open_run
from vae.worker import _in_words


def work(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_python("-m", "vae.worker", *arguments, **environment)


class TestBasics:
    @pytest.mark.parametrize("path", ["nothing/here", "/etc"])
    def test_no_run_folder(self, path: str) -> None:
        result = work(path)
        assert result.returncode != 0
        assert "A run folder holds config.json and status.json. Received" in result.stderr


class TestCorrectness:
    def test_a_run_that_ended_is_left_alone(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*.*")}
        result = work(run.path)
        assert result.returncode == 0
        assert "Nothing is left to do for this run: finished" in result.stderr
        assert {path: path.stat().st_mtime_ns for path in run.path.rglob("*.*")} == before
        assert np.array_equal(open_run(run.path).latents["y"], finished_run.latents["y"])

    def test_a_data_set_that_is_gone(self, digits: Dataset, tmp_path: Path) -> None:
        recorder = Recorder.create(tmp_path / "run", Config(), digits)
        info = recorder.path / "config.json"
        info.write_text(info.read_text().replace('"digits"', '"mnist"'))
        empty = {name: str(tmp_path / "empty") for name in ("VAE_DATA_DIR", "KERAS_HOME")}
        result = work(recorder.path, **empty)
        assert result.returncode == 1
        assert "DatasetError" in result.stderr  # the trace is for whoever mends it
        run = open_run(recorder.path)
        assert run.state == "failed"
        assert run.status["reason"].startswith("MNIST needs mnist.npz")
        assert not run.is_alive()

    def test_errors_in_words(self) -> None:
        assert _in_words(DatasetError("Said for people.")) == "Said for people."
        assert _in_words(MemoryError()).startswith("The memory of this machine did not suffice")
        assert _in_words(RuntimeError("OOM when allocating tensor")) == _in_words(MemoryError())
        words = _in_words(RuntimeError("first line\nsecond line " + "x" * 1000))
        assert words == "Training failed: RuntimeError: first line. worker.log tells more."
        assert _in_words(KeyError()) == "Training failed: KeyError: . worker.log tells more."
