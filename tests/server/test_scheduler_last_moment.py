"""What is requested of a run while its process is about to go."""

from __future__ import annotations

import os
import signal

import pytest

from tests.conftest import change_status, wait_until
from tests.queueing import Servers
from vae.runs.run import Run, open_run
from vae.server.queue import Queue


class TestLastMoment:
    """What is asked for while a process is about to go is not lost."""

    def leaving(self, servers: Servers, queue: Queue) -> Run:
        """A run whose process has paused it, and has not gone yet."""
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        servers.instruct(run, "linger")
        os.kill(open_run(run.path).status["pid"], signal.SIGTERM)
        servers.until(run, "paused")
        return open_run(run.path)

    def trains_again(self, servers: Servers, run: Run) -> None:
        """Let the process of "a" end, and wait until its next one trains."""
        (run.path / "linger").unlink()
        servers.until_begun("a", "a")
        servers.until(run, "training")

    def ends_for_good(self, servers: Servers, queue: Queue, run: Run) -> None:
        """Let the process of "a" end, and see that no other one is started."""
        (run.path / "linger").unlink()
        servers.until(run, "finished")
        servers.settle(queue)
        assert servers.order == ["a"]

    @pytest.mark.parametrize("action", ["run", "batch", "epoch"])
    def test_resume(self, action: str, servers: Servers) -> None:
        queue = servers.open()
        run = self.leaving(servers, queue)
        queue.resume(run, action=action)
        servers.settle(queue)
        assert servers.order == ["a"]
        self.trains_again(servers, run)

    def test_stop(self, servers: Servers) -> None:
        queue = servers.open()
        run = self.leaving(servers, queue)
        queue.stop(run)
        (run.path / "linger").unlink()
        servers.until(run, "stopped")

    def making_its_model(self, servers: Servers, queue: Queue) -> Run:
        """A run that has trained to its end, and is not yet "finished"."""
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        servers.instruct(run, "linger")
        servers.instruct(run, "finish")
        wait_until(lambda: open_run(run.path).status["epoch"] == 5, "it has come to its end")
        return open_run(run.path)

    def test_more_epochs_while_its_model_is_made(self, servers: Servers) -> None:
        queue = servers.open()
        run = self.making_its_model(servers, queue)
        queue.resume(run, more_epochs=2)
        for name in ("finish", "linger"):
            (run.path / name).unlink()
        servers.until_begun("a", "a")
        servers.until(run, "training")
        servers.finish(run)
        assert open_run(run.path).status["epoch"] == 7
        servers.settle(queue)
        assert servers.order == ["a", "a"]

    @pytest.mark.parametrize("action", ["pause", "run"])
    def test_early_stopping_is_not_undone_by_a_late_request(
        self, action: str, servers: Servers
    ) -> None:
        queue = servers.open()
        run = self.making_its_model(servers, queue)
        run = change_status(run, until=9)  # it was to have more epochs, and needs them no more
        run.requests.send(action)
        run.requests.change(beta=2.0)
        self.ends_for_good(servers, queue, run)

    def test_a_change_while_its_model_is_made(self, servers: Servers) -> None:
        queue = servers.open()
        run = self.making_its_model(servers, queue)
        run.requests.change(beta=2.0)
        self.ends_for_good(servers, queue, run)

    def test_resume_after_a_stop(self, servers: Servers) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        servers.instruct(run, "linger")
        queue.stop(open_run(run.path))
        wait_until(lambda: open_run(run.path).status["epoch"] == 5, "it has obeyed")
        queue.resume(open_run(run.path))
        self.trains_again(servers, run)

    def test_pause(self, servers: Servers) -> None:
        queue = servers.open()
        run = self.leaving(servers, queue)
        queue.pause(run)
        run.requests.change(beta=2.0)
        (run.path / "linger").unlink()
        wait_until(lambda: not queue.tickets.list(), "its process is gone")
        servers.settle(queue)
        assert servers.order == ["a"]
        assert open_run(run.path).state == "paused"
