"""What is requested of a run while its process is about to go."""

from __future__ import annotations

import os
import signal

import pytest

from tests.conftest import change_status, wait_until
from tests.queueing import Office
from vae.runs.run import Run, open_run
from vae.server.queue import Queue


class TestLastMoment:
    """What is asked for while a process is about to go is not lost."""

    def leaving(self, office: Office, queue: Queue) -> Run:
        """A run whose process has paused it, and has not gone yet."""
        run = office.submit(queue, "a")
        office.until(run, "training")
        office.tell(run, "linger")
        os.kill(open_run(run.path).status["pid"], signal.SIGTERM)
        office.until(run, "paused")
        return open_run(run.path)

    def trains_again(self, office: Office, run: Run) -> None:
        """Let the process of "a" end, and wait until its next one trains."""
        (run.path / "linger").unlink()
        office.until_begun("a", "a")
        office.until(run, "training")

    def ends_for_good(self, office: Office, queue: Queue, run: Run) -> None:
        """Let the process of "a" end, and see that no other one is started."""
        (run.path / "linger").unlink()
        office.until(run, "finished")
        office.settle(queue)
        assert office.order == ["a"]

    @pytest.mark.parametrize("action", ["run", "batch", "epoch"])
    def test_resume(self, action: str, office: Office) -> None:
        queue = office.open()
        run = self.leaving(office, queue)
        queue.resume(run, action=action)
        office.settle(queue)
        assert office.order == ["a"]
        self.trains_again(office, run)

    def test_stop(self, office: Office) -> None:
        queue = office.open()
        run = self.leaving(office, queue)
        queue.stop(run)
        (run.path / "linger").unlink()
        office.until(run, "stopped")

    def making_its_model(self, office: Office, queue: Queue) -> Run:
        """A run that has trained to its end, and is not yet "finished"."""
        run = office.submit(queue, "a")
        office.until(run, "training")
        office.tell(run, "linger")
        office.tell(run, "finish")
        wait_until(lambda: open_run(run.path).status["epoch"] == 5, "it has come to its end")
        return open_run(run.path)

    def test_more_epochs_while_its_model_is_made(self, office: Office) -> None:
        queue = office.open()
        run = self.making_its_model(office, queue)
        queue.resume(run, more_epochs=2)
        for name in ("finish", "linger"):
            (run.path / name).unlink()
        office.until_begun("a", "a")
        office.until(run, "training")
        office.finish(run)
        assert open_run(run.path).status["epoch"] == 7
        office.settle(queue)
        assert office.order == ["a", "a"]

    @pytest.mark.parametrize("action", ["pause", "run"])
    def test_early_stopping_is_not_undone_by_a_late_request(
        self, action: str, office: Office
    ) -> None:
        queue = office.open()
        run = self.making_its_model(office, queue)
        run = change_status(run, until=9)  # it was to have more epochs, and needs them no more
        run.requests.send(action)
        run.requests.change(beta=2.0)
        self.ends_for_good(office, queue, run)

    def test_a_change_while_its_model_is_made(self, office: Office) -> None:
        queue = office.open()
        run = self.making_its_model(office, queue)
        run.requests.change(beta=2.0)
        self.ends_for_good(office, queue, run)

    def test_resume_after_a_stop(self, office: Office) -> None:
        queue = office.open()
        run = office.submit(queue, "a")
        office.until(run, "training")
        office.tell(run, "linger")
        queue.stop(open_run(run.path))
        wait_until(lambda: open_run(run.path).status["epoch"] == 5, "it has obeyed")
        queue.resume(open_run(run.path))
        self.trains_again(office, run)

    def test_pause(self, office: Office) -> None:
        queue = office.open()
        run = self.leaving(office, queue)
        queue.pause(run)
        run.requests.change(beta=2.0)
        (run.path / "linger").unlink()
        wait_until(lambda: not queue.tickets.list(), "its process is gone")
        office.settle(queue)
        assert office.order == ["a"]
        assert open_run(run.path).state == "paused"
