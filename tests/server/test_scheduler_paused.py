"""When a paused run gives up its worker, and what becomes of deleted ones."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import change_status, copy_run, wait_until
from tests.queueing import SMALL, Office
from vae.runs.run import Run, open_run
from vae.server import scheduler
from vae.server.queue import Queue
from vae.server.tickets import Ticket


class TestPausedRuns:
    """A paused run keeps its process for a quick answer, unless another job waits for a worker."""

    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scheduler, "PAUSED_SECONDS", 0.0)

    def paused(self, office: Office, queue: Queue, name: str, owner: str) -> Run:
        run = office.submit(queue, name, owner)
        office.until(run, "training")
        queue.pause(run)
        return office.until(run, "paused")

    def test_while_nobody_waits_its_process_lives(self, office: Office) -> None:
        queue = office.open()
        run = self.paused(office, queue, "a", "anna")
        office.settle(queue)
        assert run.is_alive()
        queue.resume(run)
        office.until(run, "training")
        assert office.order == ["a"]  # in the same process

    def test_who_waits_gets_it(self, office: Office) -> None:
        queue = office.open()
        run = self.paused(office, queue, "a", "anna")
        other = office.submit(queue, "b", "ben")
        office.until(other, "training")
        assert open_run(run.path).state == "paused"
        assert not run.is_alive()
        assert not queue.is_pending(run, "train")

    def test_ones_own_next_run_gets_it_too(self, office: Office) -> None:
        # With a worker to spare: what stands in the way is that one visitor has one run.
        queue = office.open(workers=2)
        run = self.paused(office, queue, "a1", "anna")
        office.until(office.submit(queue, "a2", "anna"), "training")
        assert open_run(run.path).state == "paused"

    def test_a_worker_that_is_not_needed_lives(self, office: Office) -> None:
        queue = office.open(workers=2)
        run = self.paused(office, queue, "a", "anna")
        office.until(office.submit(queue, "b", "ben"), "training")
        office.settle(queue)
        assert run.is_alive()

    def test_a_projection_of_the_run_itself_gets_it(self, office: Office) -> None:
        queue = office.open(workers=2)
        run = self.paused(office, queue, "a", "anna")
        queue.request(run, "tsne")
        office.until_begun("a", "a tsne")
        assert open_run(run.path).state == "paused"

    def test_not_before_its_time(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scheduler, "PAUSED_SECONDS", 1000.0)
        queue = office.open()
        run = self.paused(office, queue, "a", "anna")
        office.submit(queue, "b", "ben")
        office.settle(queue)
        assert run.is_alive()
        assert office.order == ["a"]

    def test_a_resumed_run_waits_for_a_worker(self, office: Office) -> None:
        queue = office.open()
        run = self.paused(office, queue, "a", "anna")
        other = office.submit(queue, "b", "ben")
        office.until(other, "training")
        queue.resume(open_run(run.path))
        assert open_run(run.path).state == "queued"
        assert queue.position(run).ahead == 1
        office.finish(other)
        office.until(run, "training")


class TestThrownAway:
    def test_a_run_that_waits(self, office: Office) -> None:
        queue = office.open()
        first, second, third = (office.submit(queue, name) for name in "abc")
        office.until(first, "training")
        queue.delete(second)
        assert not queue.is_pending(second, "train")
        office.finish(first)
        office.until(third, "training")
        # Brought back, it goes on when it is asked to.
        again = office.store.undelete(second.id)
        assert again.state == "paused"
        queue.resume(again)
        office.finish(third)
        office.until(second, "training")

    def test_a_run_that_trains(self, office: Office) -> None:
        queue = office.open()
        run, other = (office.submit(queue, name) for name in "ab")
        office.until(run, "training")
        queue.delete(open_run(run.path))
        office.until(other, "training")
        assert not run.is_alive()
        assert office.store.undelete(run.id).state == "paused"

    def test_a_run_that_was_just_started(self, office: Office) -> None:
        # Its process does not hold it yet.
        queue = office.open()
        run = queue.submit(SMALL, office.dataset)
        office.tell(run, "wait")
        wait_until(lambda: office.starts == 1, "it is started")
        queue.delete(open_run(run.path))
        (run.path / "wait").unlink()
        wait_until(lambda: not queue.is_pending(run, "train"), "its process is gone")
        assert not run.is_alive()
        assert office.store.undelete(run.id).state == "paused"

    def test_resumed_while_its_worker_was_reassigned(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scheduler, "TIDY_SECONDS", 0.0)
        queue = office.open()
        first = office.submit(queue, "a")
        office.until(first, "training")
        second = office.submit(queue, "b")
        # Deleted by another server, just when its turn came: it is queued, and has no ticket.
        office.store.delete(second)
        queue.tickets.remove(Ticket(second.id, "train"))
        office.settle(queue)
        office.store.undelete(second.id)
        wait_until(lambda: queue.is_pending(second, "train"), "it has a place again")
        office.finish(first)
        office.until(second, "training")

    def test_its_projection_continues(self, office: Office, finished_run: Run) -> None:
        # Whatever number the process had that trained it: another one's, by now.
        sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        run = copy_run(finished_run, office.folder / "run")
        run = change_status(run, pid=sleeper.pid)
        queue = office.open()
        queue.request(run, "tsne")
        wait_until(run.is_alive, "it is under way")
        queue.delete(run)
        assert sleeper.poll() is None
        sleeper.kill()
        sleeper.wait()

    def test_purged_only_when_its_process_is_gone(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vae.runs.store.UNDO_SECONDS", 0.0)
        monkeypatch.setattr(scheduler, "TIDY_SECONDS", 0.0)
        queue = office.open()
        run = office.submit(queue, "a")
        office.until(run, "training")
        queue.delete(open_run(run.path))
        wait_until(lambda: not run.path.exists(), "it is removed")
        assert office.processes[0].wait() == 0
        office.settle(queue)
        assert sorted(path.name for path in office.folder.iterdir()) == [".queue", "order.txt"]
