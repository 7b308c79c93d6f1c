"""The process around training: what it does for which run, and how it reports errors."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import change_status, copy_run, run_python
from tests.workshop import Workshop, assert_same_run
from vae.errors import RunError
from vae.evaluation.likelihood import request_likelihood
from vae.runs.progress import Progress, read_progress, write_progress
from vae.runs.results import RESULTS
from vae.runs.run import Run, open_run
from vae.server import worker
from vae.server.worker import work


class TestBasics:
    @pytest.mark.parametrize("path", ["nothing/here", "/etc"])
    def test_no_run_folder(self, path: str, capfd: pytest.CaptureFixture[str]) -> None:
        assert work(Path(path), "train") == 1
        assert "A run folder holds config.json and status.json. Received" in capfd.readouterr().err

    @pytest.mark.parametrize("arguments", [[], ["run", "--warm"], ["run", "dance"]])
    def test_usage(self, arguments: list[str]) -> None:
        result = run_python("-m", "vae.server.worker", *arguments)
        assert result.returncode == 2
        assert "usage: vae.server.worker" in result.stderr

    def test_a_run_that_waits_is_trained(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        assert work(run.path, "train") == 0
        assert_same_run(open_run(run.path), undisturbed)
        assert open_run(run.path).status["pid"] == os.getpid()
        assert not run.is_alive()

    @pytest.mark.parametrize("job", ["tsne", "knowledge", "likelihood", "quality", "samplers"])
    def test_what_is_computed_of_a_model(
        self, job: str, tmp_path: Path, finished_run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        requested: list[tuple[Path, str, list[str]]] = []
        run = copy_run(finished_run, tmp_path / "run")
        write_progress(run.path, job, 0.5, "It failed the last time.")
        for name in (
            "latent.projections.compute_tsne",
            "evaluation.class_probes.compute_class_probes",
            "evaluation.likelihood.compute_likelihood",
            "evaluation.sample_quality.compute_quality",
            "sampling.fitted.compute_samplers",
        ):
            monkeypatch.setattr(
                f"vae.{name}",
                lambda run, *dataset, name=name, on_progress=None: requested.append(
                    (run.path, name, [each.name for each in dataset])
                ),
            )
        monkeypatch.setattr("vae.evaluation.sample_quality.check_measurable", lambda _: None)
        assert work(run.path, job) == 0
        expected = {
            "tsne": ("latent.projections.compute_tsne", []),
            "knowledge": ("evaluation.class_probes.compute_class_probes", ["digits"]),
            "likelihood": ("evaluation.likelihood.compute_likelihood", ["digits"]),
            "quality": ("evaluation.sample_quality.compute_quality", ["digits"]),
            "samplers": ("sampling.fitted.compute_samplers", ["digits"]),
        }
        assert requested == [(run.path, *expected[job])]
        assert read_progress(run.path, job) == Progress()

    def test_export(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        for name in ("encoder.onnx", "decoder.onnx"):
            (run.path / name).unlink()
        assert work(run.path, "export") == 0
        z = np.random.default_rng(0).normal(size=(3, 2))
        np.testing.assert_allclose(run.decode(z), finished_run.decode(z), atol=1e-6)
        assert open_run(run.path).state == "finished"

    def test_an_export_that_fails_says_why(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        (run.path / "model.keras").write_bytes(b"something else")
        assert work(run.path, "export") == 1
        left = open_run(run.path)
        assert left.state == "finished"
        assert left.status["reason"].startswith("It has no model. model.keras must hold")

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (RunError("Said for people."), "Said for people."),
            (MemoryError(), "This machine has too little memory: try again when nothing"),
            (OSError(errno.ENOSPC, "x"), "The disk is full: free some space, then try again."),
            (KeyError("x"), "It failed: KeyError: 'x'. See worker.log."),
        ],
    )
    def test_a_failed_result_says_why(
        self,
        error: Exception,
        words: str,
        finished_run: Run,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        def fail(_: Run, on_progress: object) -> None:
            raise error

        run = copy_run(finished_run, tmp_path / "run")
        status = (run.path / "status.json").read_bytes()
        monkeypatch.setattr("vae.latent.projections.compute_tsne", fail)
        assert work(run.path, "tsne") == 1
        assert read_progress(run.path, "tsne").error.startswith(words)
        assert "Traceback" in capfd.readouterr().err
        assert (run.path / "status.json").read_bytes() == status

    @pytest.mark.parametrize(
        ("job", "fit"),
        [
            ("tsne", "sklearn.manifold.TSNE.fit_transform"),
            ("knowledge", "sklearn.linear_model.LogisticRegression.fit"),
            ("samplers", "sklearn.mixture.GaussianMixture.fit"),
            ("likelihood", "vae.evaluation.likelihood.importance_sampled_nll"),
            ("quality", "vae.evaluation.sample_quality.measure_samples"),
        ],
    )
    def test_it_ends_at_once_on_request(
        self, job: str, fit: str, finished_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fit_for_ever(*_: object, **__: object) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:  # as a library that has no callback
                pass

        run = copy_run(finished_run, tmp_path / "run")
        request_likelihood(run, 5000, "none")
        monkeypatch.setattr("vae.evaluation.sample_quality.check_measurable", lambda _: None)
        monkeypatch.setattr(fit, fit_for_ever)
        began = time.monotonic()
        assert work(run.path, job) == 1
        assert time.monotonic() - began < 30
        assert read_progress(run.path, job).error == "Stopped from outside."
        assert not any((run.path / name).exists() for name in RESULTS[job].files)
        assert not list(run.path.glob(".writing-*"))
        assert not run.is_alive()

    def test_a_request_to_end_before_it_begins(self, finished_run: Run, tmp_path: Path) -> None:
        worker._should_end.set()
        run = copy_run(finished_run, tmp_path / "run")
        assert work(run.path, "knowledge") == 1
        assert read_progress(run.path, "knowledge").error == "Stopped from outside."

    def test_images_that_are_gone_cannot_be_measured(self, run_without_images: Run) -> None:
        run = run_without_images
        assert work(run.path, "knowledge") == 1
        assert read_progress(run.path, "knowledge").error.startswith("MNIST needs mnist.npz")


class TestRemainingWork:
    @pytest.mark.parametrize("state", ["finished", "stopped", "paused", "interrupted", "failed"])
    def test_nothing_without_a_new_request(
        self, state: str, finished_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        run = change_status(copy_run(finished_run, tmp_path / "run"), state=state)
        before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*.*")}
        assert work(run.path, "train") == 0
        assert f"Nothing is left to do for this run: {state}" in capfd.readouterr().err
        assert {path: path.stat().st_mtime_ns for path in run.path.rglob("*.*")} == before

    def test_a_run_that_was_stopped_while_its_process_started(
        self, finished_run: Run, tmp_path: Path
    ) -> None:
        run = change_status(copy_run(finished_run, tmp_path / "run"), state="stopped")
        run.requests.send("stop")
        before = (run.path / "status.json").read_bytes()
        work_alone = (
            "import pathlib, sys; from vae.server.worker import work; "
            "work(pathlib.Path(sys.argv[1]), 'train'); sys.exit('keras' in sys.modules)"
        )
        result = run_python("-c", work_alone, run.path)
        assert result.returncode == 0, result.stderr
        assert "Nothing is left to do for this run: stopped" in result.stderr
        assert (run.path / "status.json").read_bytes() == before

    def test_stopped_while_tensorflow_was_loaded(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.new(tmp_path / "run")
        run.requests.send("stop")
        assert work(run.path, "train") == 0
        stopped = open_run(run.path)
        assert (stopped.state, stopped.status["reason"]) == ("stopped", "Stopped before it began.")
        assert not stopped.snapshot_epochs

    def test_a_request_that_was_not_read(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.suspend_at(workshop.new(tmp_path / "run"), (1, 9))
        run.requests.resume()
        assert work(run.path, "train") == 0
        assert_same_run(open_run(run.path), undisturbed)

    def test_more_epochs(self, workshop: Workshop, tmp_path: Path) -> None:
        run = workshop.resume(workshop.new(tmp_path / "run", epochs=1))
        run.requests.resume(1)
        assert work(run.path, "train") == 0
        assert open_run(run.path).status["epoch"] == 2
        assert work(run.path, "train") == 0  # once
        assert open_run(run.path).status["epoch"] == 2

    def test_a_run_that_another_process_holds(
        self,
        finished_run: Run,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(worker, "LOCK_PATIENCE_SECONDS", 0.1)
        run = copy_run(finished_run, tmp_path / "run")
        with run.lock():
            assert work(run.path, "train") == 1
        assert "Another process holds this run" in capfd.readouterr().err

    def test_its_time_is_used_up(
        self, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_SECONDS", "0.001")
        run = workshop.new(tmp_path / "run")
        assert work(run.path, "train") == 0
        assert open_run(run.path).state == "stopped"
        assert "of training is reached" in open_run(run.path).status["reason"]
