"""Every action of the queue and of Python with a run of every kind."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vae
from tests.conftest import copy_run, wait_until
from tests.kinds import EACH_KIND, FEW_COMPONENTS, Kinds, config_of
from tests.pages.doubles import NoWarmWorker
from vae.archive.zip_export import export_zip
from vae.data.datasets import Dataset
from vae.errors import RunError, VAEError
from vae.evaluation.likelihood import request_likelihood
from vae.latent import projections
from vae.runs.progress import read_progress
from vae.runs.results import RESULTS
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.sampling import mixtures
from vae.server import scheduler, worker, worker_pool
from vae.server.queue import Queue

# Resumed by the queue; Python resumes the others.
RESUMED_BY_QUEUE = [name for name in EACH_KIND if name.endswith("-dense")]
LONG = 500  # epochs: so many that none is the last one while a test asks for something


class ThreadWorker:
    """A worker in a thread of this process, which has TensorFlow already."""

    def __init__(self, run: Run, action: str) -> None:
        self._thread = threading.Thread(target=self._work, args=(run.path, action), daemon=True)
        self._thread.start()

    def _work(self, path: Path, action: str) -> None:
        lock = open_run(path).lock()
        with lock.acquire(timeout=worker.LOCK_PATIENCE_SECONDS):
            worker.do_job(open_run(path), action, lock)

    def poll(self) -> int | None:
        return None if self._thread.is_alive() else 0

    def terminate(self) -> None:
        worker._should_end.set()

    def wait(self) -> None:
        self._thread.join()
        worker._should_end.clear()


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """A server with one worker."""
    started: list[ThreadWorker] = []

    def start(run: Run, action: str) -> ThreadWorker:
        started.append(ThreadWorker(run, action))
        return started[-1]

    # Only a process takes signals: tests/server has some.
    monkeypatch.setattr(worker, "_interrupted_by_sigterm", nullcontext)
    monkeypatch.setattr(worker_pool, "start_worker", start)
    monkeypatch.setattr(worker_pool, "WarmWorker", NoWarmWorker)
    monkeypatch.setattr(scheduler, "POLL_SECONDS", 0.1)
    (tmp_path / "runs").mkdir()
    queue = Queue(RunStore(tmp_path / "runs", tmp_path / "none"), workers=1)
    yield queue
    queue.close()
    worker._should_end.set()
    for each in started:
        each.wait()
    worker._should_end.clear()  # where none was started: else the next test's would end at once


def until(run: Run, what: str, holds: Callable[[Run], Any]) -> Run:
    """Wait until something holds of a run; return it as it is then."""
    wait_until(lambda: holds(open_run(run.path)), what)
    return open_run(run.path)


def until_state(run: Run, state: str) -> Run:
    def holds(now: Run) -> bool:
        assert now.state == state or now.state not in ("failed", "diverged"), now.status
        return now.state == state

    return until(run, state, holds)


def until_answered(run: Run, state: str) -> Run:
    """Wait until a run is in a state, having seen all that was asked of it."""
    return until(
        run,
        f"{state}, all seen",
        lambda now: now.state == state and now.status.get("serial") == now.control.serial,
    )


class TestQueue:
    @pytest.mark.parametrize("name", EACH_KIND)
    def test_a_training_is_controlled(self, name: str, queue: Queue, digits: Dataset) -> None:
        run = queue.submit(config_of(name, epochs=LONG), digits)
        run = until(run, "an epoch", lambda now: now.history)
        queue.pause(run)
        run = until_answered(run, "paused")
        # A step, taken apart.
        queue.resume(run, action="batch")
        run = until_answered(run, "paused")
        has_codes = run.config.has("encoder")  # else there is nothing to show of a step
        assert (run.arrays("step.npz").get("kind") == run.config.kind) == has_codes
        queue.resume(run, action="epoch")
        run = until_answered(run, "paused")
        assert run.status["step"] == run.status["steps"]
        # A change, from the next step on.
        changes = {"learning_rate": 1e-3}
        changes |= {"beta": 0.5, "noise": 0.5} if run.config.has("posterior") else {}
        run.requests.change(**changes)
        run.requests.show_model()
        queue.resume(run)
        run = until(run, "a row with the change", lambda now: now.rows[-1]["learning_rate"] == 1e-3)
        run = until(run, "it shows its model", lambda now: now.status.get("shown") == 1)
        assert not run.status["look_failed"]
        if run.config.has("decoder"):
            assert run.decode(np.zeros((2, 3)), [0, 1]).shape == (2, 8, 8, 1)
        if has_codes:
            assert run.latents["mean"].shape == (len(digits.x_test), 3)
        if run.config.has("classifier"):
            assert run.predictions["probabilities"].shape == (len(digits.x_test), 10)
        queue.stop(run)
        run = until_state(run, "stopped")
        assert run.metrics["epoch"] == run.status["epoch"]
        # Continued, and deleted while it trains: its process leaves.
        queue.resume(run)
        before = len(run.history)
        run = until(run, "an epoch more", lambda now: len(now.history) > before)
        queue.delete(run)
        wait_until(lambda: not queue.is_pending(run, "train"), "its process is gone")
        worker._should_end.clear()  # the next process
        run = queue.undelete(run.id)
        assert run.state == "paused"
        # Stopped without a process: another one makes its model.
        queue.stop(run)
        assert open_run(run.path).state == "stopped"
        wait_until(lambda: not queue.is_pending(run, "recover"), "its model is made")
        run = open_run(run.path)
        assert (run.state, run.metrics["epoch"]) == ("stopped", run.status["epoch"])
        assert run.history["epoch"] == list(range(1, len(run.history) + 1))

    @pytest.mark.parametrize("name", EACH_KIND)  # what a network is made of is nothing to a job
    @pytest.mark.parametrize("job", ["tsne", "knowledge", "samplers", "likelihood", "quality"])
    def test_it_is_measured(
        self, job: str, name: str, queue: Queue, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projections, "TSNE_POINTS", 50)
        monkeypatch.setattr(mixtures, "COMPONENTS", FEW_COMPONENTS)
        run = copy_run(kinds[name], queue.store.folder / "run")
        if job == "likelihood":
            if not run.config.has("posterior"):
                with pytest.raises(VAEError, match="Received"):
                    request_likelihood(run, 2, "none")
                return
            request_likelihood(run, 2, "none")
        if not run.config.has(RESULTS[job].needs):
            with pytest.raises(
                RunError, match=r" has no (en|de)coder: train one that has .*Received: "
            ):
                queue.request(run, job)
            assert not queue.is_pending(run, job)
            return
        queue.request(run, job)
        wait_until(lambda: not queue.is_pending(run, job), "it is done")
        problem = read_progress(run.path, job).error
        assert bool(problem) == (job == "quality"), problem  # there is no classifier of Digits

    @pytest.mark.parametrize("name", EACH_KIND)
    def test_it_is_taken_along(self, name: str, queue: Queue, kinds: Kinds) -> None:
        run = kinds[name]
        taken = queue.import_run(io.BytesIO(export_zip(run)))
        wait_until(lambda: not queue.is_pending(taken, "export"), "its networks are made")
        taken = open_run(taken.path)
        assert run.faults == taken.faults == []
        if run.config.has("classifier"):
            images = run.fixed["images"]
            np.testing.assert_allclose(taken.classify(images), run.classify(images), atol=1e-6)
        else:
            z, labels = np.eye(3), [0, 1, 2]
            np.testing.assert_allclose(taken.decode(z, labels), run.decode(z, labels), atol=1e-6)
        if name in RESUMED_BY_QUEUE:
            queue.resume(taken, more_epochs=1)
            until(taken, "more", lambda now: now.state == "finished" and len(now.history) == 2)


@pytest.mark.parametrize("name", EACH_KIND)
def test_python(name: str, kinds: Kinds, digits: Dataset, tmp_path: Path) -> None:
    run = copy_run(kinds[name], tmp_path / "run")
    images, labels = digits.x_test[:5], digits.y_test[:5]
    model, floats = run.load_model(), images / np.float32(255)
    if run.config.has("classifier"):
        probabilities = run.classify(images)
        np.testing.assert_allclose(model.classifier(floats), probabilities, atol=1e-5)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)
        for absent in (lambda: run.encode(images), lambda: run.decode(np.zeros((1, 3)))):
            with pytest.raises(VAEError, match=r"^A classifier has no (en|de)coder: train one"):
                absent()
    elif run.config.has("discriminator"):
        z = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
        codes = [z, np.eye(10, dtype="float32")[labels]] if run.config.conditional else z
        made = run.decode(z, labels)
        np.testing.assert_allclose(model.decoder(codes), made, atol=1e-5)
        assert made.shape == images.shape
        with pytest.raises(VAEError, match=r"has no encoder: .*kind=vae, autoencoder\)\. R"):
            run.encode(images, labels)
    else:
        mean, _ = run.encode(images, labels)
        conditioned = (
            [floats, np.eye(10, dtype="float32")[labels]] if run.config.conditional else floats
        )
        np.testing.assert_allclose(model.encoder(conditioned)[0], mean, atol=1e-5)
        assert run.decode(mean, labels).shape == images.shape
        with pytest.raises(VAEError, match=r"no classifier: .*\(kind=classifier\)\. Received: "):
            run.classify(images)
    if name not in RESUMED_BY_QUEUE:
        resumed = vae.resume(run, digits, more_epochs=1)
        assert (resumed.state, resumed.history["epoch"]) == ("finished", [1, 2])
