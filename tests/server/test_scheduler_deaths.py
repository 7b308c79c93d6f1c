"""What becomes of a run whose process, or whose server, has died or is about to go."""

from __future__ import annotations

import errno
import os
import signal

import pytest

from tests.conftest import copy_run, wait_until
from tests.queueing import SMALL, Servers
from vae.runs.run import Run, open_run
from vae.server.tickets import Ticket

KILLED = "The training process was ended from outside."


def kill(run: Run) -> None:
    """Kill a run's process as `kill -9` or the system does when memory ends."""
    os.kill(open_run(run.path).status["pid"], signal.SIGKILL)
    wait_until(lambda: not run.is_alive(), "its process is gone")


class TestDeath:
    def test_a_killed_worker_leaves_an_interrupted_run_with_a_model(self, servers: Servers) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        kill(run)
        servers.until_begun("a", "a recover")
        killed = open_run(run.path)
        assert (killed.state, killed.status["reason"]) == ("interrupted", KILLED)
        assert not queue.is_pending(run, "train")
        servers.instruct(run, "finish")
        wait_until(lambda: not queue.tickets.list(), "it is recovered")
        servers.settle(queue)
        assert servers.order == ["a", "a recover"]

    def test_its_worker_goes_to_the_next(self, servers: Servers) -> None:
        queue = servers.open()
        first, second = (servers.submit(queue, name) for name in "ab")
        servers.until(first, "training")
        kill(first)
        servers.until(second, "training")
        assert servers.order == ["a", "b"]  # the model of the first is made after

    def test_a_recovery_that_dies_is_not_tried_again(self, servers: Servers) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        kill(run)
        servers.until_begun("a", "a recover")
        servers.instruct(run, "crash")
        wait_until(lambda: not queue.tickets.list(), "it is given up")
        servers.settle(queue)
        assert servers.starts == 2

    def test_before_the_first_checkpoint_there_is_nothing_to_recover(
        self, servers: Servers
    ) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        (run.path / "checkpoint.npz").unlink()
        kill(run)
        wait_until(lambda: not queue.tickets.list(), "it is over")
        assert servers.until(run, "interrupted").status["reason"] == KILLED
        assert servers.order == ["a"]

    def test_the_reason_its_process_wrote_remains(self, servers: Servers) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        servers.instruct(run, "give-up")
        servers.until_begun("a", "a recover")
        assert open_run(run.path).status["reason"] == "The disk is full."

    def test_resume_while_it_is_recovered(self, servers: Servers) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        kill(run)
        servers.until_begun("a", "a recover")
        queue.resume(open_run(run.path))
        assert queue.is_pending(run, "train")
        servers.settle(queue)
        assert servers.order == ["a", "a recover"]
        servers.instruct(run, "finish")
        servers.until_begun("a", "a recover", "a")

    def test_a_process_that_does_not_start(self, servers: Servers) -> None:
        queue = servers.open()
        servers.refuses = 1
        run, other = (servers.submit(queue, name) for name in "ab")
        reason = servers.until(run, "failed").status["reason"]
        assert reason == "The training process could not start: Cannot allocate memory."
        servers.until(other, "training")
        assert not queue.is_pending(run, "train")

    def test_a_finished_run_whose_process_cannot_start_stays_finished(
        self, servers: Servers, finished_run: Run
    ) -> None:
        run = copy_run(finished_run, servers.folder / "run")
        queue = servers.open()
        servers.refuses = 1
        queue.resume(run, 1)
        wait_until(lambda: not queue.is_pending(run, "train"), "it is given up")
        after = open_run(run.path)
        reason = (
            "It was not continued. The training process could not start: Cannot allocate memory."
        )
        assert (after.state, after.status["reason"]) == ("finished", reason)
        servers.settle(queue)  # and it is not tried again
        assert servers.starts == 0

    def test_a_finished_run_whose_process_ends_at_once_stays_finished(
        self, servers: Servers, finished_run: Run
    ) -> None:
        run = copy_run(finished_run, servers.folder / "run")
        queue = servers.open()
        servers.instruct(run, "crash-early")
        queue.resume(run, 1)
        wait_until(
            lambda: servers.starts and open_run(run.path).state == "finished", "it is given up"
        )
        reason = "It was not continued. The training process did not start."
        assert open_run(run.path).status["reason"] == reason
        servers.settle(queue)
        assert servers.starts == 1

    def test_a_full_disk(self, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_: Ticket) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        queue = servers.open()
        with monkeypatch.context() as patch:
            patch.setattr(queue.tickets, "start", full)
            run = servers.submit(queue, "a")
            reason = servers.until(run, "failed").status["reason"]
            assert reason == "The training process could not start: No space left on device."
            servers.settle(queue)  # it is not tried for ever
            assert not queue.is_pending(run, "train")
        queue.resume(open_run(run.path))
        servers.until(run, "training")
        assert servers.starts == 1

    def test_a_projection_that_does_not_start(self, servers: Servers, finished_run: Run) -> None:
        run = copy_run(finished_run, servers.folder / "run")
        queue = servers.open()
        servers.refuses = 1
        queue.request(run, "tsne")
        wait_until(lambda: not queue.tickets.list(), "it is given up")
        assert open_run(run.path).state == "finished"

    def test_a_process_that_ends_at_once(self, servers: Servers) -> None:
        queue = servers.open()
        run = queue.submit(SMALL, servers.dataset)
        servers.instruct(run, "crash-early")
        reason = servers.until(run, "failed").status["reason"]
        assert reason == "The training process did not start."
        wait_until(lambda: not queue.is_pending(run, "train"), "it is given up")
        # And it can be tried again.
        (run.path / "crash-early").unlink()
        queue.resume(open_run(run.path))
        servers.until(run, "training")
