"""What may be asked of a run in the queue: to pause, to resume, to stop."""

from __future__ import annotations

import os
import signal

import pytest

from tests.conftest import change_status, wait_until
from tests.queueing import SMALL, Servers, waiting
from vae.errors import ConfigError, RunError
from vae.runs.metadata import write_metadata
from vae.runs.run import Run, open_run
from vae.server.queue import Queue


def fill_her_queue(
    queue: Queue, servers: Servers, finished: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have a visitor, who owns the finished run, wait with as many runs as one may."""
    monkeypatch.setenv("VAE_PUBLIC", "1")
    write_metadata(finished.path, owner="anna")
    for name in "abcd":
        servers.submit(queue, name, "anna")


class TestPause:
    def test_while_it_trains(self, queue: Queue, servers: Servers) -> None:
        (run,) = servers.store.list()
        queue.pause(run)
        servers.until(run, "paused")
        assert run.is_alive()
        queue.resume(open_run(run.path))
        servers.until(run, "training")
        assert servers.starts == 1

    def test_while_it_waits_it_is_removed_from_the_queue(
        self, queue: Queue, servers: Servers
    ) -> None:
        run = servers.submit(queue, "a")
        queue.pause(run)
        paused = open_run(run.path)
        assert paused.state == "paused"
        assert paused.status["reason"] == "Paused while it waited for its turn."
        assert not queue.is_pending(run, "train")
        queue.resume(paused)
        assert open_run(run.path).state == "queued"
        assert queue.is_pending(run, "train")


class TestResume:
    @pytest.mark.parametrize("action", ["run", "batch", "epoch"])
    def test_a_living_process_gets_the_request(
        self, action: str, queue: Queue, servers: Servers
    ) -> None:
        (run,) = servers.store.list()
        queue.pause(run)
        servers.until(run, "paused")
        turn = run.control.turn
        queue.resume(open_run(run.path), action=action)
        assert (run.control.action, run.control.turn) == (action, turn + 1)
        assert servers.starts == 1

    def test_a_waiting_run_keeps_its_position(self, queue: Queue, servers: Servers) -> None:
        runs = [servers.submit(queue, name, owner=name) for name in "ab"]
        order = waiting(queue)
        queue.resume(open_run(runs[0].path))
        queue.resume(open_run(runs[0].path), action="batch")
        assert waiting(queue) == order == [run.id for run in runs]
        assert runs[0].control.action == "batch"

    @pytest.mark.parametrize("state", ["paused", "interrupted", "stopped", "diverged", "failed"])
    def test_a_run_without_a_process_is_enqueued(
        self, state: str, queue: Queue, finished: Run
    ) -> None:
        change_status(finished, state=state, reason="why")
        queue.resume(open_run(finished.path))
        again = open_run(finished.path)
        assert (again.state, again.status["reason"]) == ("queued", "")
        assert waiting(queue) == [finished.id]

    @pytest.mark.parametrize("kind", ["conditional", "autoencoder"])
    def test_whatever_its_kind(self, kind: str, queue: Queue, servers: Servers) -> None:
        beta = 0.0 if kind == "autoencoder" else 1.0
        run = servers.submit(queue, "a", kind=kind, beta=beta)
        queue.pause(run)
        queue.resume(open_run(run.path), action="epoch")
        assert open_run(run.path).state == "queued"
        queue.resume(open_run(run.path), more_epochs=3)
        assert open_run(run.path).epochs == SMALL.epochs + 3

    def test_a_finished_one_for_more_epochs(self, queue: Queue, finished: Run) -> None:
        with pytest.raises(RunError, match="for how many more epochs"):
            queue.resume(finished)
        assert waiting(queue) == []
        queue.resume(finished, more_epochs=3)
        assert waiting(queue) == [finished.id]
        assert open_run(finished.path).epochs == 15

    def test_more_while_it_trains(self, queue: Queue, servers: Servers) -> None:
        (run,) = servers.store.list()
        queue.resume(run, more_epochs=3)
        assert run.control.more == ((5, 8),)
        assert waiting(queue) == []
        servers.finish(run)
        assert open_run(run.path).status["epoch"] == 8
        assert servers.order == ["first"]

    def test_more_than_the_server_allows(
        self, queue: Queue, finished: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "14")
        with pytest.raises(ConfigError, match=r"at most 14 epochs\. Received: 15"):
            queue.resume(finished, more_epochs=3)
        assert finished.control.serial == 0
        # After early stopping it is the epochs that it really has that count.
        change_status(finished, epoch=8)
        queue.resume(open_run(finished.path), more_epochs=3)
        assert open_run(finished.path).epochs == 11

    def test_its_time_is_used_up(
        self, queue: Queue, finished: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_SECONDS", "60")
        change_status(finished, state="stopped", seconds_trained=60.1)
        with pytest.raises(RunError, match=r"1 minute of training.*used up its time"):
            queue.resume(open_run(finished.path))
        change_status(finished, seconds_trained=59.9)
        queue.resume(open_run(finished.path))

    def test_a_refusal_leaves_no_request(
        self, queue: Queue, servers: Servers, finished: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill_her_queue(queue, servers, finished, monkeypatch)
        with pytest.raises(RunError, match="You can queue 3 runs"):
            queue.resume(open_run(finished.path), more_epochs=3)
        assert (finished.control.serial, finished.control.more) == (0, ())

    def test_no_checkpoint(self, queue: Queue, finished: Run) -> None:
        (finished.path / "checkpoint.npz").unlink()
        change_status(finished, state="interrupted")
        with pytest.raises(RunError, match=r"needs its checkpoint\.npz"):
            queue.resume(open_run(finished.path))
        assert waiting(queue) == []

    def test_whose_run_it_is_stays(self, queue: Queue, finished: Run) -> None:
        write_metadata(finished.path, owner="anna")
        change_status(finished, state="stopped")
        queue.resume(open_run(finished.path))
        assert queue.tickets.list()[-1].owner == "anna"


class TestStop:
    def test_while_it_trains(self, queue: Queue, servers: Servers) -> None:
        (run,) = servers.store.list()
        queue.stop(run)
        servers.until(run, "stopped")
        assert servers.order == ["first"]

    def test_before_it_began(self, queue: Queue, servers: Servers) -> None:
        run = servers.submit(queue, "a")
        queue.stop(run)
        stopped = open_run(run.path)
        assert (stopped.state, stopped.rows) == ("stopped", [])
        assert stopped.status["reason"] == "Stopped before it began."
        assert not queue.is_pending(run, "train")
        (first,) = (run for run in servers.store.list() if run.state == "training")
        servers.finish(first)
        servers.settle(queue)
        assert servers.order == ["first"]

    def test_after_a_pause_in_the_line(self, queue: Queue, servers: Servers) -> None:
        run = servers.submit(queue, "a")
        queue.pause(run)
        queue.stop(open_run(run.path))
        stopped = open_run(run.path)
        assert (stopped.state, stopped.status["reason"]) == ("stopped", "Stopped before it began.")
        assert waiting(queue) == []

    def test_while_its_process_starts(self, servers: Servers) -> None:
        queue = servers.open()
        run = queue.submit(SMALL, servers.dataset)
        servers.instruct(run, "wait")
        wait_until(lambda: servers.starts == 1, "it is started")
        queue.stop(open_run(run.path))
        assert open_run(run.path).state == "stopped"
        assert open_run(run.path).status["reason"] == "Stopped before it began."

    def test_one_that_waits_to_resume(self, queue: Queue, servers: Servers, finished: Run) -> None:
        queue.resume(finished, more_epochs=3)
        queue.resume(open_run(finished.path), action="epoch")
        queue.stop(open_run(finished.path))
        stopped = open_run(finished.path)
        assert (stopped.state, stopped.status["reason"]) == (
            *("stopped", "Stopped by hand in epoch 12."),
        )
        assert queue.position(finished) == (0, 0.0)
        assert waiting(queue) == []  # it has the model of what it learned
        (first,) = (run for run in servers.store.list() if run.state == "training")
        servers.finish(first)
        servers.settle(queue)
        assert servers.order == ["first"]
        # And it can be resumed for the epochs that it was to have.
        queue.resume(stopped)
        servers.until_begun("first", finished.id)

    def test_one_that_is_being_measured(self, servers: Servers, finished: Run) -> None:
        queue = servers.open()
        queue.request(finished, "tsne")
        servers.until_begun(f"{finished.id} tsne")
        queue.resume(finished, more_epochs=3)
        assert open_run(finished.path).state == "queued"
        queue.pause(open_run(finished.path))
        assert (open_run(finished.path).state, waiting(queue)) == ("paused", [])
        queue.resume(open_run(finished.path))
        queue.stop(open_run(finished.path))
        assert (open_run(finished.path).state, waiting(queue)) == ("stopped", [])

    @pytest.mark.parametrize("again", [False, True])
    def test_a_suspended_run_gets_its_model(
        self, again: bool, queue: Queue, servers: Servers
    ) -> None:
        (run,) = servers.store.list()
        os.kill(run.status["pid"], signal.SIGTERM)
        servers.until(run, "paused")
        wait_until(lambda: not queue.is_pending(run, "train"), "its process is gone")
        servers.until(servers.submit(queue, "second", owner="ben"), "training")
        if again:
            queue.resume(open_run(run.path))
            assert open_run(run.path).state == "queued"
        queue.stop(open_run(run.path))
        assert open_run(run.path).state == "stopped"
        assert not queue.is_pending(run, "train")
        assert queue.is_pending(run, "recover")
        servers.finish(next(r for r in servers.store.list() if r.state == "training"))
        servers.until_begun("first", "second", "first recover")

    def test_it_is_never_refused(
        self, queue: Queue, servers: Servers, finished: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill_her_queue(queue, servers, finished, monkeypatch)
        change_status(finished, state="paused")
        queue.stop(open_run(finished.path))
        assert open_run(finished.path).state == "stopped"
