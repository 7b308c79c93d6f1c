"""Nothing is lost, with real workers: two runs through all that may happen to them.

One is paused, stepped, asked to leave, and killed; the other, convolutional, is killed. Each goes
on through the queue, and ends as the run that nothing happened to.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import psutil
import pytest

from tests.conftest import wait_until
from tests.warm.programs import Process
from tests.warm.workers import spawn_warm
from tests.workshop import assert_same_run
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.server import worker_processes
from vae.server.queue import Queue
from vae.training.train import train

DENSE = Config(
    latent_dim=2,
    hidden=(16,),
    batch_size=4,
    epochs=6,
    beta=0.5,
    kl_warmup=2,
    schedule="cosine",
    validation_split=0.1,
    patience=4,
    seed=3,
)
SLICE_SECONDS = 0.01  # a fraction of an epoch
CONVOLUTIONAL = DENSE.replace(network="convolutional", hidden=(3,))


class Story(NamedTuple):
    """What was seen of the two runs on their way, and how they ended."""

    dense: Run
    convolutional: Run
    queue: Queue
    started: list[Process | subprocess.Popen[bytes]]
    notes: dict[str, Any]


def processor_seconds(run: Run) -> float:
    times = psutil.Process(open_run(run.path).status["pid"]).cpu_times()
    return times.user + times.system


def position(run: Run) -> tuple[int, int]:
    status = open_run(run.path).status
    return status["epoch"], status["step"]


def is_amid(run: Run, epoch: int) -> bool:
    """Whether a run trains, in the middle of an epoch from this one on."""
    status = open_run(run.path).status
    step, steps = status.get("step", 0), status.get("steps", 0)
    return status["state"] == "training" and status["epoch"] >= epoch and 0 < step < steps


def stand_still(process: psutil.Process) -> None:
    """Hold a process where it is."""
    process.suspend()
    wait_until(lambda: process.status() == psutil.STATUS_STOPPED, "it stands still")


def hold_amid(queue: Queue, run: Run, epoch: int) -> psutil.Process:
    """Have a run that was to train one epoch continue to the middle of this or a later one.

    Returns its process, which stands still. It got slices of time, because it may train all epochs
    between two polls.
    """
    wait_until(lambda: open_run(run.path).state == "paused", "it has trained its epoch")
    process = psutil.Process(open_run(run.path).status["pid"])
    stand_still(process)
    queue.resume(open_run(run.path))
    while not is_amid(run, epoch):
        process.resume()
        time.sleep(SLICE_SECONDS)
        stand_still(process)
    return process


def kill_amid(queue: Queue, run: Run, epoch: int) -> None:
    """Kill a run's process in the middle of this or a later epoch."""
    os.kill(hold_amid(queue, run, epoch).pid, signal.SIGKILL)
    wait_until(lambda: not run.is_alive(), "it is gone")


def until_nothing_is_pending(queue: Queue, run: Run) -> None:
    wait_until(lambda: not queue.tickets.has(run.id), "nothing is left to do for a run")


def live_through(queue: Queue, dataset: Dataset, notes: dict[str, Any]) -> tuple[Run, Run]:
    """Let all of it happen."""
    queue.warm_up()
    dense = queue.submit(DENSE, dataset, owner="anna")
    queue.resume(dense, action="epoch")
    process = hold_amid(queue, dense, 2)

    before = processor_seconds(dense)
    queue.pause(dense)
    process.resume()
    requested = time.monotonic()
    wait_until(lambda: open_run(dense.path).state == "paused", "it pauses")
    notes["seconds until it paused"] = time.monotonic() - requested
    notes["processor seconds until it paused"] = processor_seconds(dense) - before
    notes["alive while paused"] = dense.is_alive()

    paused, since = processor_seconds(dense), time.monotonic()
    # Not before: it might be over until somebody looks.
    convolutional = queue.submit(CONVOLUTIONAL, dataset, owner="ben")
    queue.resume(convolutional, action="epoch")
    kill_amid(queue, convolutional, 2)
    queue.resume(open_run(convolutional.path))
    # A share of too short a time would be that of the pause's last files.
    wait_until(lambda: time.monotonic() > since + 2.0, "some time has passed")
    notes["share of a processor while paused"] = (processor_seconds(dense) - paused) / (
        time.monotonic() - since
    )

    notes["places"] = [position(dense)]
    for _ in range(2):
        turn = dense.control.serial
        queue.resume(open_run(dense.path), action="batch")
        wait_until(lambda turn=turn: open_run(dense.path).status["serial"] > turn, "it took a step")
        notes["places"].append(position(dense))
    os.kill(open_run(dense.path).status["pid"], signal.SIGTERM)
    until_nothing_is_pending(queue, dense)
    notes["after it left"] = (open_run(dense.path).state, position(dense), dense.is_alive())

    queue.resume(open_run(dense.path), action="epoch")
    kill_amid(queue, dense, 3)
    notes["killed in"] = position(dense)
    wait_until(lambda: queue.tickets.has(dense.id, ("recover",)), "its model is made")
    until_nothing_is_pending(queue, dense)
    notes["killed"] = open_run(dense.path)
    queue.resume(notes["killed"])
    for run in (dense, convolutional):
        wait_until(lambda run=run: open_run(run.path).state == "finished", "it ends")
        until_nothing_is_pending(queue, run)
    return open_run(dense.path), open_run(convolutional.path)


@pytest.fixture(scope="module")
def story(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("interruption")
    started: list[Process | subprocess.Popen[bytes]] = []

    def spawn(arguments: list[str], stdin: int, output: Any) -> Process | subprocess.Popen[bytes]:
        started.append(spawn_warm(arguments, stdin, output))
        return started[-1]

    queue, notes = Queue(RunStore(folder, folder / "none"), workers=2), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_processes, "_spawn", spawn)
        try:
            yield Story(*live_through(queue, digits, notes), queue, started, notes)
        finally:
            queue.close()


def assert_same_to_the_end(run: Run, expected: Run) -> None:
    assert_same_run(run, expected)
    assert run.metrics == expected.metrics
    weights, others = (r.load_model().get_weights() for r in (run, expected))
    assert len(weights) == len(others)
    for a, b in zip(weights, others, strict=True):
        np.testing.assert_array_equal(a, b)


class TestExact:
    def test_paused_stepped_left_and_killed(
        self, story: Story, digits: Dataset, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        expected = train(DENSE, digits, out=tmp_path_factory.mktemp("undisturbed") / "dense")
        assert_same_to_the_end(story.dense, expected)

    def test_killed_with_convolutions(
        self, story: Story, digits: Dataset, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        expected = train(CONVOLUTIONAL, digits, out=tmp_path_factory.mktemp("undisturbed") / "conv")
        assert_same_to_the_end(story.convolutional, expected)


class TestOnTheWay:
    def test_a_pause_is_answered_within_a_second(self, story: Story) -> None:
        # In the worker's own time, since this machine may be busy with other things.
        assert story.notes["processor seconds until it paused"] < 1.0
        assert story.notes["seconds until it paused"] < 10.0

    def test_a_paused_worker_takes_no_processor_time(self, story: Story) -> None:
        assert story.notes["alive while paused"]
        assert story.notes["share of a processor while paused"] < 0.05

    def test_one_batch_is_one_step(self, story: Story) -> None:
        steps = story.dense.status["steps"]
        first, *later = ((epoch - 1) * steps + step for epoch, step in story.notes["places"])
        assert later == [first + 1, first + 2]  # perhaps into the next epoch

    def test_sigterm_left_its_run_paused(self, story: Story) -> None:
        assert story.notes["after it left"] == ("paused", story.notes["places"][-1], False)

    def test_killed_it_was_interrupted_and_got_a_model(self, story: Story) -> None:
        killed: Run = story.notes["killed"]
        assert killed.state == "interrupted"
        epoch, step = killed.status["kept"]
        # The last whole epoch, or where it was paused after that.
        whole = story.notes["killed in"][0] - 1, killed.status["steps"]
        assert (epoch, step) == max(whole, tuple(story.notes["places"][-1]))
        stored = (
            f"epoch {epoch}"
            if step == killed.status["steps"]
            else f"epoch {epoch} up to step {step}"
        )
        assert killed.status["reason"] == (
            f"The training process was ended from outside; {stored} is kept."
        )
        assert killed.status["model_epoch"] == epoch
        assert killed.has_model

    def test_nothing_is_left_over(self, story: Story) -> None:
        assert story.queue.tickets.list() == []
        assert not list(story.dense.path.parent.rglob(".writing*"))
        assert not story.dense.is_alive()
        wait_until(lambda: None not in [each.poll() for each in story.started], "all have ended")
        assert len(story.started) >= 4  # for two runs, after a death of each, and a model
