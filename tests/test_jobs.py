"""The queue: one after the other, across the death of a worker and of the server itself."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tests.conftest import ROOT, copy_run, wait_until
from vae.config import Config
from vae.datasets import Dataset
from vae.errors import ConfigError
from vae.files import write_json
from vae.jobs import Queue
from vae.latent import read_tsne
from vae.recorder import Recorder
from vae.runs import Run, RunStore, open_run
from vae.sampling import to_uint8

# Long enough to be still at it when the test gets there, whatever the machine.
LONG = Config(hidden=(16,), latent_dim=2, batch_size=4, epochs=500)
SERVER = """
import sys
from pathlib import Path
from vae.config import Config
from vae.datasets import load_dataset
from vae.jobs import Queue
from vae.runs import RunStore
queue = Queue(RunStore(Path(sys.argv[1])))
config = Config.from_json(sys.argv[2])
for seed in (1, 2):
    print(queue.submit(config.replace(seed=seed), load_dataset("digits")).id, flush=True)
sys.stdin.read()
"""


class Story(NamedTuple):
    """What happened to two long runs whose server and whose worker were killed."""

    folder: Path
    first: Path
    second: Path
    third: Path
    queue: Queue
    notes: dict[str, object]


def is_learning(path: Path) -> bool:
    run = open_run(path)
    return run.state == "training" and len(run.history) >= 2


def was_started(path: Path) -> bool:
    return (path / "worker.log").exists()


def held_run(digits: Dataset, path: Path) -> Run:
    """A run that says it is training; whether it does, its lock tells."""
    Recorder.create(path, LONG, digits).status(state="training")
    return open_run(path)


@pytest.fixture(scope="module")
def story(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Live through it once: server, two jobs, two killings, a new server, stop, t-SNE."""
    folder, elsewhere = tmp_path_factory.mktemp("queue"), tmp_path_factory.mktemp("elsewhere")
    notes: dict[str, object] = {}
    command = [sys.executable, "-c", SERVER, str(folder), LONG.to_json()]
    with (
        pytest.MonkeyPatch.context() as patch,
        subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as server,
    ):
        first, second = (folder / server.stdout.readline().strip() for _ in range(2))
        wait_until(lambda: is_learning(first), "the first run learns")
        notes["second while first trains"] = (open_run(second).state, was_started(second))
        os.killpg(server.pid, signal.SIGKILL)  # with all that a Ctrl-C would reach
        server.wait()
        epochs = len(open_run(first).history)
        wait_until(
            lambda: len(open_run(first).history) > epochs or not open_run(first).is_alive(),
            "the first run goes on without its server",
        )
        notes["first without server"] = open_run(first).state

        # A new server, started from another folder than the project's.
        patch.chdir(elsewhere)
        patch.setenv("OMP_NUM_THREADS", "1")  # t-SNE is small, and the machine may be busy
        queue = Queue(RunStore(folder, folder / "none"))
        notes["taken over"] = [
            queue.is_pending(open_run(path), "train") for path in (first, second)
        ]
        notes["places"] = [queue.place(open_run(path)) for path in (first, second)]
        notes["second before the kill"] = (open_run(second).state, was_started(second))

        os.kill(open_run(first).status["pid"], signal.SIGKILL)
        wait_until(lambda: not open_run(first).is_alive(), "the first worker is gone")
        notes["first after the kill"] = open_run(first).state
        wait_until(lambda: is_learning(second), "the second run learns")
        notes["first while second trains"] = open_run(first).is_alive()

        third = queue.submit(LONG.replace(seed=3), digits).path
        queue.stop(open_run(third))
        notes["third after its stop"] = (
            open_run(third).state,
            queue.is_pending(Run(third), "train"),
        )
        queue.stop(open_run(second))
        wait_until(lambda: open_run(second).state == "stopped", "the second run stops")
        wait_until(lambda: not queue.is_pending(Run(first), "train"), "the first run is recovered")
        with queue._guard:
            for _ in range(2):
                queue.request_tsne(open_run(second))
            notes["t-SNE jobs"] = len([*queue._waiting, *queue._processes])
        wait_until(lambda: not queue.is_pending(Run(second), "tsne"), "t-SNE is done")
        yield Story(folder, first, second, third, queue, notes)


class TestStory:
    def test_one_after_the_other(self, story: Story) -> None:
        assert story.notes["second while first trains"] == ("queued", False)
        assert story.notes["first while second trains"] is False
        assert was_started(story.second)

    def test_a_run_outlives_its_server(self, story: Story) -> None:
        assert story.notes["first without server"] == "training"

    def test_a_new_queue_takes_over(self, story: Story) -> None:
        # The live one is known by its lock, the waiting one waits on.
        assert story.notes["taken over"] == [True, True]
        assert story.notes["places"] == [0, 1]
        assert story.notes["second before the kill"] == ("queued", False)

    def test_a_killed_worker_leaves_an_interrupted_run(self, story: Story) -> None:
        assert story.notes["first after the kill"] == "interrupted"

    def test_the_queue_has_its_model_made_from_the_last_checkpoint(
        self, story: Story, digits: Dataset
    ) -> None:
        run = open_run(story.first)
        assert run.state == "interrupted"
        kept = run.status["model_epoch"]
        assert kept >= 2
        assert f"ended from outside; epoch {kept} is kept." in run.status["reason"]
        checkpoint = run.arrays("checkpoint")
        assert checkpoint["epoch"] == run.metrics["epoch"] == kept
        assert len(run.history) >= kept
        assert set(range(kept + 1)) <= set(run.snapshot_epochs)
        # The model is that epoch's, which its snapshot shows.
        samples = to_uint8(run.decode(run.fixed["z"])).astype(int)
        assert np.abs(samples - run.snapshot(kept)["samples"]).max() <= 1
        assert run.encode(digits.x_test[:3])[0].shape == (3, 2)
        np.testing.assert_array_equal(run.latents["y"], digits.y_test)
        assert (run.path / "model.keras").is_file()

    def test_a_run_is_recovered_once(self, story: Story) -> None:
        queue = Queue(RunStore(story.folder, story.folder / "none"))
        for path in (story.first, story.second, story.third):
            assert not queue.is_pending(Run(path), "train")
        assert open_run(story.first).state == "interrupted"
        assert "is kept" in open_run(story.first).status["reason"]

    def test_stop_ends_a_training_and_keeps_it(self, story: Story) -> None:
        run = open_run(story.second)
        assert run.state == "stopped"
        assert run.status["reason"].startswith("Stopped by hand in epoch ")
        assert len(run.history) < LONG.epochs
        assert run.decode(np.zeros((1, 2))).shape == (1, 8, 8, 1)

    def test_a_waiting_run_that_is_stopped_never_starts(self, story: Story) -> None:
        assert story.notes["third after its stop"] == ("stopped", False)
        run = open_run(story.third)
        assert run.status["reason"] == "Stopped before it began."
        assert not was_started(story.third)
        assert run.rows == []

    def test_tsne(self, story: Story, digits: Dataset) -> None:
        assert story.notes["t-SNE jobs"] == 1  # though it was asked for twice
        projected = read_tsne(open_run(story.second))
        assert projected.points.shape == (360, 2)
        np.testing.assert_array_equal(projected.y, digits.y_test)

    def test_nothing_is_left_half_written(self, story: Story) -> None:
        assert not list(story.folder.rglob(".writing*"))


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every worker end at once, as where Python itself is broken."""
    monkeypatch.setattr(sys, "executable", shutil.which("false"))


class TestEdges:
    def test_what_does_not_fit_leaves_no_folder(self, digits: Dataset, tmp_path: Path) -> None:
        queue = Queue(RunStore(tmp_path, tmp_path / "none"))
        with pytest.raises(ConfigError, match="Received"):
            queue.submit(Config(network="convolutional", hidden=(4, 4, 4)), digits)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.usefixtures("no_worker")
    def test_a_worker_that_does_not_start(self, digits: Dataset, tmp_path: Path) -> None:
        queue = Queue(RunStore(tmp_path, tmp_path / "none"))
        runs = [queue.submit(LONG, digits) for _ in range(2)]
        for run in runs:
            wait_until(lambda run=run: open_run(run.path).state == "failed", "the run fails")
            assert open_run(run.path).status["reason"] == "The training process did not start."
            assert not queue.is_pending(run, "train")

    @pytest.mark.usefixtures("no_worker")
    def test_a_deleted_run_does_not_hold_up_the_others(
        self, digits: Dataset, tmp_path: Path
    ) -> None:
        live = held_run(digits, tmp_path / "live")
        with live.lock():
            queue = Queue(RunStore(tmp_path, tmp_path / "none"))
            assert queue.is_pending(live, "train")
            waiting = queue.submit(LONG, digits)
            assert queue.place(waiting) == 1
            shutil.rmtree(live.path)
            wait_until(lambda: open_run(waiting.path).state == "failed", "the other has its turn")
        assert not queue.is_pending(live, "train")

    def test_killed_before_the_first_checkpoint(self, digits: Dataset, tmp_path: Path) -> None:
        path = held_run(digits, tmp_path / "killed").path
        queue = Queue(RunStore(tmp_path, tmp_path / "none"))
        run = open_run(path)
        assert run.state == "interrupted"
        assert run.status["reason"] == "The training process was ended from outside."
        assert not queue.is_pending(run, "train")  # there is nothing to make a model from

    def test_finished_and_damaged_runs_are_left_alone(
        self, finished_run: Run, tmp_path: Path
    ) -> None:
        finished = copy_run(finished_run, tmp_path / "finished")
        damaged = copy_run(finished_run, tmp_path / "damaged")
        write_json(damaged.path / "status.json", {"state": "training"})
        before = (finished.path / "status.json").read_bytes()
        queue = Queue(RunStore(tmp_path, tmp_path / "none"))
        for run in (finished, damaged):
            assert not queue.is_pending(run, "train")
            assert queue.place(run) == 0
        assert (finished.path / "status.json").read_bytes() == before

    def test_a_shipped_run_is_left_alone(self, tmp_path: Path) -> None:
        # Only the own folder is taken over; what ships is nobody's to train.
        queue = Queue(RunStore(tmp_path / "none"))
        for run in RunStore(tmp_path / "none").list():
            assert not queue.is_pending(run, "train")
