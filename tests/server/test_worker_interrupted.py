"""The worker process on its exit, with an interrupted run, and with errors."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import change_status, copy_run, say_learned
from tests.workshop import Workshop, assert_same_run, when
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import DatasetError
from vae.runs.failures import in_words
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter
from vae.server import worker
from vae.server.worker import work
from vae.training import model_files


class TestLeaving:
    def test_sigterm_suspends_it_where_it_is(
        self,
        workshop: Workshop,
        undisturbed: Run,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        run = workshop.new(tmp_path / "run")
        with monkeypatch.context() as patch:
            when(workshop, patch, (2, 9), lambda: os.kill(os.getpid(), signal.SIGTERM))
            assert work(run.path, "train") == 0
        left = open_run(run.path)
        assert (left.state, left.status["epoch"], left.status["step"]) == ("paused", 2, 9)
        assert not left.has_model
        worker._should_end.clear()  # the next process
        left.requests.resume()
        assert work(run.path, "train") == 0
        assert_same_run(open_run(run.path), undisturbed)

    def test_stopped_after_it_was_suspended_it_gets_its_model(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        run = workshop.suspend_at(workshop.new(tmp_path / "run"), (2, 9))
        rows = run.rows
        run.requests.send("stop")
        assert work(run.path, "train") == 0
        stopped = open_run(run.path)
        assert (stopped.state, stopped.status["model_epoch"]) == ("stopped", 2)
        assert stopped.status["reason"] == "Stopped by hand in epoch 2."
        assert stopped.rows == rows  # no step more
        checkpoint = stopped.arrays("checkpoint.npz")
        assert (checkpoint["epoch"], checkpoint["step"]) == (2, 9)
        for index, weights in enumerate(stopped.arrays("weights.npz").values()):
            np.testing.assert_array_equal(weights, checkpoint[f"v{index}"])

    def test_before_it_has_begun(self, workshop: Workshop, tmp_path: Path) -> None:
        worker._should_end.set()
        run = workshop.new(tmp_path / "run")
        assert work(run.path, "train") == 0
        left = open_run(run.path)
        assert (left.state, left.rows) == ("paused", [])
        assert left.can_resume


class TestRecover:
    def test_makes_the_model_of_a_killed_run(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.kill_at(workshop.new(tmp_path / "run"), (2, 9))
        assert work(run.path, "recover") == 0
        recovered = open_run(run.path)
        assert recovered.state == "interrupted"
        assert recovered.status["reason"] == (
            "The training process was ended from outside; epoch 1 is kept."
        )
        checkpoint = recovered.arrays("checkpoint.npz")
        for index, weights in enumerate(recovered.arrays("weights.npz").values()):
            np.testing.assert_array_equal(weights, checkpoint[f"v{index}"])

    def test_what_was_saved_in_the_middle_of_an_epoch(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        run = workshop.suspend_at(workshop.new(tmp_path / "run"), (2, 9))
        change_status(run, state="training", reason="")
        assert work(run.path, "recover") == 0
        assert open_run(run.path).status["reason"] == (
            "The training process was ended from outside; epoch 2 up to step 9 is kept."
        )

    def test_of_a_run_that_was_stopped_while_nothing_trained_it(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        run = workshop.suspend_at(workshop.new(tmp_path / "run"), (2, 9))
        assert run.has_learned_more
        reason = "Stopped by hand in epoch 2."
        change_status(run, state="stopped", reason=reason)
        assert work(run.path, "recover") == 0
        stopped = open_run(run.path)
        assert (stopped.state, stopped.status["reason"]) == ("stopped", reason)
        assert (stopped.status["model_epoch"], stopped.rows) == (2, run.rows)
        checkpoint = stopped.arrays("checkpoint.npz")
        for index, weights in enumerate(stopped.arrays("weights.npz").values()):
            np.testing.assert_array_equal(weights, checkpoint[f"v{index}"])

    @pytest.mark.parametrize("state", ["finished", "paused", "queued"])
    def test_other_runs_need_none(self, state: str, finished_run: Run, tmp_path: Path) -> None:
        run = change_status(copy_run(finished_run, tmp_path / "run"), state=state)
        before = (run.path / "status.json").read_bytes()
        assert work(run.path, "recover") == 0
        assert (run.path / "status.json").read_bytes() == before

    @pytest.mark.parametrize("state", ["interrupted", "stopped"])
    def test_a_damaged_checkpoint(self, state: str, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.kill_at(workshop.new(tmp_path / "run"), (2, 9))
        change_status(run, state=state)
        (run.path / "checkpoint.npz").write_bytes(b"half of")
        assert work(run.path, "recover") == 1
        recovered = open_run(run.path)
        assert recovered.state == state
        assert recovered.status["reason"].startswith("checkpoint.npz must hold arrays")


class TestErrors:
    def test_a_data_set_that_is_gone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digits: Dataset
    ) -> None:
        writer = RunWriter.create(tmp_path / "run", Config(), digits)
        say_learned(writer.path, "mnist")
        for name in ("VAE_DATA_DIR", "KERAS_HOME"):
            monkeypatch.setenv(name, str(tmp_path / "empty"))
        assert work(writer.path, "train") == 1
        run = open_run(writer.path)
        assert run.state == "failed"
        assert run.status["reason"].startswith("MNIST needs mnist.npz")
        assert not run.is_alive()

    def test_the_trace_is_for_whoever_mends_it(
        self,
        workshop: Workshop,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        def fail(*_: object) -> None:
            raise MemoryError

        run = workshop.new(tmp_path / "run")
        monkeypatch.setattr(model_files, "evaluate", fail)
        assert work(run.path, "train") == 1
        assert "Traceback" in capfd.readouterr().err
        failed = open_run(run.path)
        assert failed.state == "failed"
        assert failed.status["reason"].startswith("This machine has too little memory")
        # What it learned is not lost.
        monkeypatch.setattr(model_files, "evaluate", lambda *_: ({"loss": 1.0}, {"y": np.zeros(1)}))
        failed.requests.resume()
        assert work(run.path, "train") == 0
        assert open_run(run.path).state == "finished"

    def test_errors_in_words(self) -> None:
        assert in_words(DatasetError("Said for people.")) == "Said for people."
        assert in_words(MemoryError()).startswith("This machine has too little memory")
        assert in_words(RuntimeError("OOM when allocating tensor")) == in_words(MemoryError())
        words = in_words(RuntimeError("first line\nsecond line " + "x" * 1000))
        assert words == "Training failed: RuntimeError: first line. See worker.log."
        assert in_words(KeyError()) == "Training failed: KeyError: . See worker.log."
        for number in (errno.ENOSPC, errno.EDQUOT):
            assert in_words(OSError(number, "x")).startswith("The disk is full: free some space")
        assert "Permission" in in_words(PermissionError(errno.EACCES, "Permission denied"))
