"""When a paused run gives up its worker, and what becomes of deleted ones."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import change_status, copy_run, wait_until
from tests.queueing import SMALL, Servers
from vae.runs.run import Run, open_run
from vae.server import scheduler
from vae.server.queue import Queue
from vae.server.tickets import Ticket


class TestPausedRuns:
    """A paused run keeps its process for a quick answer, unless another job waits for a worker."""

    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scheduler, "PAUSED_SECONDS", 0.0)

    def paused(self, servers: Servers, queue: Queue, name: str, owner: str) -> Run:
        run = servers.submit(queue, name, owner)
        servers.until(run, "training")
        queue.pause(run)
        return servers.until(run, "paused")

    def test_while_nobody_waits_its_process_lives(self, servers: Servers) -> None:
        queue = servers.open()
        run = self.paused(servers, queue, "a", "anna")
        servers.settle(queue)
        assert run.is_alive()
        queue.resume(run)
        servers.until(run, "training")
        assert servers.order == ["a"]  # in the same process

    def test_who_waits_gets_it(self, servers: Servers) -> None:
        queue = servers.open()
        run = self.paused(servers, queue, "a", "anna")
        other = servers.submit(queue, "b", "ben")
        servers.until(other, "training")
        assert open_run(run.path).state == "paused"
        assert not run.is_alive()
        assert not queue.is_pending(run, "train")

    def test_ones_own_next_run_gets_it_too(self, servers: Servers) -> None:
        # With a worker to spare: what stands in the way is that one visitor has one run.
        queue = servers.open(workers=2)
        run = self.paused(servers, queue, "a1", "anna")
        servers.until(servers.submit(queue, "a2", "anna"), "training")
        assert open_run(run.path).state == "paused"

    def test_a_worker_that_is_not_needed_lives(self, servers: Servers) -> None:
        queue = servers.open(workers=2)
        run = self.paused(servers, queue, "a", "anna")
        servers.until(servers.submit(queue, "b", "ben"), "training")
        servers.settle(queue)
        assert run.is_alive()

    def test_a_projection_of_the_run_itself_gets_it(self, servers: Servers) -> None:
        queue = servers.open(workers=2)
        run = self.paused(servers, queue, "a", "anna")
        queue.request(run, "tsne")
        servers.until_begun("a", "a tsne")
        assert open_run(run.path).state == "paused"

    def test_not_before_its_time(self, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scheduler, "PAUSED_SECONDS", 1000.0)
        queue = servers.open()
        run = self.paused(servers, queue, "a", "anna")
        servers.submit(queue, "b", "ben")
        servers.settle(queue)
        assert run.is_alive()
        assert servers.order == ["a"]

    def test_a_resumed_run_waits_for_a_worker(self, servers: Servers) -> None:
        queue = servers.open()
        run = self.paused(servers, queue, "a", "anna")
        other = servers.submit(queue, "b", "ben")
        servers.until(other, "training")
        queue.resume(open_run(run.path))
        assert open_run(run.path).state == "queued"
        assert queue.position(run).ahead == 1
        servers.finish(other)
        servers.until(run, "training")


class TestThrownAway:
    def test_a_run_that_waits(self, servers: Servers) -> None:
        queue = servers.open()
        first, second, third = (servers.submit(queue, name) for name in "abc")
        servers.until(first, "training")
        queue.delete(second)
        assert not queue.is_pending(second, "train")
        servers.finish(first)
        servers.until(third, "training")
        # Brought back, it resumes on request.
        again = servers.store.undelete(second.id)
        assert again.state == "paused"
        queue.resume(again)
        servers.finish(third)
        servers.until(second, "training")

    def test_a_run_that_trains(self, servers: Servers) -> None:
        queue = servers.open()
        run, other = (servers.submit(queue, name) for name in "ab")
        servers.until(run, "training")
        queue.delete(open_run(run.path))
        servers.until(other, "training")
        assert not run.is_alive()
        assert servers.store.undelete(run.id).state == "paused"

    def test_a_run_that_was_just_started(self, servers: Servers) -> None:
        # Its process does not hold it yet.
        queue = servers.open()
        run = queue.submit(SMALL, servers.dataset)
        servers.instruct(run, "wait")
        wait_until(lambda: servers.starts == 1, "it is started")
        queue.delete(open_run(run.path))
        (run.path / "wait").unlink()
        wait_until(lambda: not queue.is_pending(run, "train"), "its process is gone")
        assert not run.is_alive()
        assert servers.store.undelete(run.id).state == "paused"

    def test_resumed_while_its_worker_was_reassigned(
        self, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scheduler, "TIDY_SECONDS", 0.0)
        queue = servers.open()
        first = servers.submit(queue, "a")
        servers.until(first, "training")
        second = servers.submit(queue, "b")
        # Deleted by another server, just when its turn came: it is queued, and has no ticket.
        servers.store.delete(second)
        queue.tickets.remove(Ticket(second.id, "train"))
        servers.settle(queue)
        servers.store.undelete(second.id)
        wait_until(lambda: queue.is_pending(second, "train"), "it has a place again")
        servers.finish(first)
        servers.until(second, "training")

    def test_its_projection_continues(self, servers: Servers, finished_run: Run) -> None:
        # Whatever number the process had that trained it: another one's, by now.
        sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        run = copy_run(finished_run, servers.folder / "run")
        run = change_status(run, pid=sleeper.pid)
        queue = servers.open()
        queue.request(run, "tsne")
        wait_until(run.is_alive, "it is under way")
        queue.delete(run)
        assert sleeper.poll() is None
        sleeper.kill()
        sleeper.wait()

    def test_purged_only_when_its_process_is_gone(
        self, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vae.runs.store.UNDO_SECONDS", 0.0)
        monkeypatch.setattr(scheduler, "TIDY_SECONDS", 0.0)
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        queue.delete(open_run(run.path))
        wait_until(lambda: not run.path.exists(), "it is removed")
        assert servers.processes[0].wait() == 0
        servers.settle(queue)
        assert sorted(path.name for path in servers.folder.iterdir()) == [".queue", "order.txt"]
