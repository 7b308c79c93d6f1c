"""What becomes of runs whose server has died, or which several servers lead in turn."""

from __future__ import annotations

import errno

import pytest

from tests.conftest import change_status, copy_run, wait_until
from tests.queueing import SMALL, Servers
from vae.files import write_json
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter
from vae.server import scheduler
from vae.server.tickets import Tickets


class TestServers:
    def test_one_of_two_leads(self, servers: Servers) -> None:
        first = servers.open()
        servers.settle(first)
        second = servers.open()
        runs = [servers.submit(queue, name) for queue, name in ((first, "a"), (second, "b"))]
        servers.until(runs[0], "training")
        servers.settle(second)
        assert servers.order == ["a"]
        assert second.position(runs[1]).ahead == 1
        servers.finish(runs[0])
        servers.until(runs[1], "training")
        assert servers.starts == 2

    def test_the_other_takes_over_when_it_closes(self, servers: Servers) -> None:
        first = servers.open()
        servers.settle(first)
        second = servers.open()
        running, waiting = (servers.submit(first, name) for name in "ab")
        servers.until(running, "training")
        first.close()
        servers.settle(second)
        # What trains continues, and nobody else begins.
        assert open_run(running.path).state == "training"
        assert servers.starts == 1
        servers.instruct(running, "finish")
        servers.until(waiting, "training")
        assert servers.order == ["a", "b"]

    def test_a_run_continues_without_any_server(self, servers: Servers) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        queue.close()
        assert open_run(run.path).state == "training"
        again = servers.open()
        servers.settle(again)
        assert again.is_pending(run, "train")
        assert servers.order == ["a"]
        again.stop(open_run(run.path))
        servers.until(run, "stopped")
        wait_until(lambda: not again.tickets.list(), "the line is empty")

    def test_what_died_with_its_server_is_taken_up_once(self, servers: Servers) -> None:
        queue = servers.open()
        run, other = (servers.submit(queue, name) for name in "ab")
        servers.until(run, "training")
        servers.close()  # with all processes
        servers.open()
        servers.until_begun("a", "b")  # it waits its turn anew
        servers.finish(other)
        servers.until(run, "training")
        assert servers.order == ["a", "b", "a"]
        servers.close()
        queue = servers.open()
        # It died at the same place again: it is left as it is, with its model made.
        servers.until_begun("a", "b", "a", "a recover")
        assert open_run(run.path).state == "interrupted"
        servers.instruct(run, "finish")
        wait_until(lambda: not queue.tickets.list(), "the line is empty")
        assert servers.starts == 4

    def test_what_dies_a_moment_after_its_server_too(self, servers: Servers) -> None:
        # As in a container: its server's lock is free before the worker is killed.
        first = servers.open()
        run = servers.submit(first, "a")
        servers.until(run, "training")
        first.close()
        second = servers.open()
        servers.settle(second)
        servers.instruct(run, "crash")
        servers.until_begun("a", "a")
        # It is this server's now, and what dies beside a server that lives waits for Continue.
        servers.until_begun("a", "a", "a recover")
        assert open_run(run.path).state == "interrupted"

    def test_it_is_resumed_from_another_machine(self, servers: Servers) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        for epoch in (2, 3, 4):
            servers.until(run, "training")
            servers.close()
            change_status(run, kept=[epoch, 9])
            servers.open()
            servers.until_begun(*["a"] * epoch)  # the ticket is the old one, and so is the status
        servers.until(run, "training")
        assert servers.order == ["a"] * 4

    def test_rows_behind_the_checkpoint_are_no_other_position(self, servers: Servers) -> None:
        # Else a machine that always falls within one epoch would take it up for ever.
        queue = servers.open()
        run = servers.submit(queue, "a")
        for step, begun in ((5, ["a", "a"]), (6, ["a", "a", "a recover"])):
            servers.until(run, "training")
            servers.close()
            change_status(run, step=step, kept=[1, 9])
            servers.open()
            servers.until_begun(*begun)

    def test_a_take_over_that_fails_half_way_is_done_again(
        self, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue = servers.open(workers=2)
        runs = [servers.submit(queue, name, owner=name) for name in "ab"]
        for run in runs:
            servers.until(run, "training")
        servers.close()
        monkeypatch.setattr(scheduler, "RETRY_SECONDS", 0.01)
        enqueue, failures = Tickets.enqueue, [OSError(errno.ENOSPC, "No space left on device")] * 2

        def fails_twice(tickets: Tickets, *arguments: str) -> None:
            if failures:
                raise failures.pop()
            enqueue(tickets, *arguments)

        monkeypatch.setattr(Tickets, "enqueue", fails_twice)
        servers.open(workers=2)
        for run in runs:
            servers.until(run, "training")
        assert not failures

    def test_a_paused_run_stays_paused(self, servers: Servers) -> None:
        queue = servers.open()
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        queue.pause(run)
        servers.until(run, "paused")
        servers.close()
        queue = servers.open()
        wait_until(lambda: not queue.tickets.list(), "nothing is left to do")
        assert open_run(run.path).state == "paused"
        assert servers.order == ["a"]

    def test_who_waited_without_a_ticket_gets_one(self, servers: Servers) -> None:
        # The line was lost, or the server died between the two writes.
        RunWriter.create(servers.folder / "lost", SMALL, servers.dataset, owner="anna")
        queue = servers.open()
        run = open_run(servers.folder / "lost")
        servers.until(run, "training")
        assert [(ticket.run_id, ticket.owner) for ticket in queue.tickets.list()] == [
            ("lost", "anna")
        ]

    def test_other_runs_are_unchanged(self, servers: Servers, finished_run: Run) -> None:
        states = ["finished", "stopped", "diverged", "failed", "interrupted", "paused", "training"]
        runs = [
            change_status(copy_run(finished_run, servers.folder / state), state=state)
            for state in states
        ]
        (runs[0].path / "lock").touch()
        damaged = copy_run(finished_run, servers.folder / "damaged")
        write_json(damaged.path / "status.json", {"state": "queued"})
        before = {run.path: (run.path / "status.json").read_bytes() for run in runs}
        queue = servers.open()
        servers.settle(queue)
        assert queue.tickets.list() == []
        assert servers.starts == 0
        for run in runs:
            assert (run.path / "status.json").read_bytes() == before[run.path]

    def test_a_half_done_projection_is_forgotten(self, servers: Servers, finished_run: Run) -> None:
        run = copy_run(finished_run, servers.folder / "run")
        queue = servers.open()
        queue.tickets.enqueue("run", "tsne")
        wait_until(lambda: servers.starts == 1, "it is begun")
        servers.close()
        queue = servers.open()
        wait_until(lambda: not queue.tickets.list(), "the ticket is gone")
        queue.request(run, "tsne")  # who still wants it asks again
        wait_until(lambda: servers.starts == 2, "it is begun")
