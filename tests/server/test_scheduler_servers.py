"""What becomes of runs whose server has died, or which several servers lead in turn."""

from __future__ import annotations

import errno

import pytest

from tests.conftest import change_status, copy_run, wait_until
from tests.queueing import SMALL, Office
from vae.files import write_json
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter
from vae.server import scheduler
from vae.server.tickets import Tickets


class TestServers:
    def test_one_of_two_leads(self, office: Office) -> None:
        first = office.open()
        office.settle(first)
        second = office.open()
        runs = [office.submit(queue, name) for queue, name in ((first, "a"), (second, "b"))]
        office.until(runs[0], "training")
        office.settle(second)
        assert office.order == ["a"]
        assert second.position(runs[1]).ahead == 1
        office.finish(runs[0])
        office.until(runs[1], "training")
        assert office.starts == 2

    def test_the_other_takes_over_when_it_closes(self, office: Office) -> None:
        first = office.open()
        office.settle(first)
        second = office.open()
        running, waiting = (office.submit(first, name) for name in "ab")
        office.until(running, "training")
        first.close()
        office.settle(second)
        # What trains goes on, and nobody else begins.
        assert open_run(running.path).state == "training"
        assert office.starts == 1
        office.tell(running, "finish")
        office.until(waiting, "training")
        assert office.order == ["a", "b"]

    def test_a_run_continues_without_any_server(self, office: Office) -> None:
        queue = office.open()
        run = office.submit(queue, "a")
        office.until(run, "training")
        queue.close()
        assert open_run(run.path).state == "training"
        again = office.open()
        office.settle(again)
        assert again.is_pending(run, "train")
        assert office.order == ["a"]
        again.stop(open_run(run.path))
        office.until(run, "stopped")
        wait_until(lambda: not again.tickets.list(), "the line is empty")

    def test_what_died_with_its_server_is_taken_up_once(self, office: Office) -> None:
        queue = office.open()
        run, other = (office.submit(queue, name) for name in "ab")
        office.until(run, "training")
        office.close()  # with all processes
        office.open()
        office.until_begun("a", "b")  # it waits its turn anew
        office.finish(other)
        office.until(run, "training")
        assert office.order == ["a", "b", "a"]
        office.close()
        queue = office.open()
        # It died at the same place again: it is left as it is, with its model made.
        office.until_begun("a", "b", "a", "a recover")
        assert open_run(run.path).state == "interrupted"
        office.tell(run, "finish")
        wait_until(lambda: not queue.tickets.list(), "the line is empty")
        assert office.starts == 4

    def test_it_is_resumed_from_another_machine(self, office: Office) -> None:
        queue = office.open()
        run = office.submit(queue, "a")
        for epoch in (2, 3, 4):
            office.until(run, "training")
            office.close()
            change_status(run, kept=[epoch, 9])
            office.open()
            office.until_begun(*["a"] * epoch)  # the ticket is the old one, and so is the status
        office.until(run, "training")
        assert office.order == ["a"] * 4

    def test_rows_behind_the_checkpoint_are_no_other_position(self, office: Office) -> None:
        # Else a machine that always falls within one epoch would take it up for ever.
        queue = office.open()
        run = office.submit(queue, "a")
        for step, begun in ((5, ["a", "a"]), (6, ["a", "a", "a recover"])):
            office.until(run, "training")
            office.close()
            change_status(run, step=step, kept=[1, 9])
            office.open()
            office.until_begun(*begun)

    def test_a_take_over_that_fails_half_way_is_done_again(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queue = office.open(workers=2)
        runs = [office.submit(queue, name, owner=name) for name in "ab"]
        for run in runs:
            office.until(run, "training")
        office.close()
        monkeypatch.setattr(scheduler, "RETRY_SECONDS", 0.01)
        enqueue, failures = Tickets.enqueue, [OSError(errno.ENOSPC, "No space left on device")] * 2

        def fails_twice(tickets: Tickets, *arguments: str) -> None:
            if failures:
                raise failures.pop()
            enqueue(tickets, *arguments)

        monkeypatch.setattr(Tickets, "enqueue", fails_twice)
        office.open(workers=2)
        for run in runs:
            office.until(run, "training")
        assert not failures

    def test_a_paused_run_stays_paused(self, office: Office) -> None:
        queue = office.open()
        run = office.submit(queue, "a")
        office.until(run, "training")
        queue.pause(run)
        office.until(run, "paused")
        office.close()
        queue = office.open()
        wait_until(lambda: not queue.tickets.list(), "nothing is left to do")
        assert open_run(run.path).state == "paused"
        assert office.order == ["a"]

    def test_who_waited_without_a_ticket_gets_one(self, office: Office) -> None:
        # The line was lost, or the server died between the two writes.
        RunWriter.create(office.folder / "lost", SMALL, office.dataset, owner="anna")
        queue = office.open()
        run = open_run(office.folder / "lost")
        office.until(run, "training")
        assert [(ticket.run_id, ticket.owner) for ticket in queue.tickets.list()] == [
            ("lost", "anna")
        ]

    def test_other_runs_are_unchanged(self, office: Office, finished_run: Run) -> None:
        states = ["finished", "stopped", "diverged", "failed", "interrupted", "paused", "training"]
        runs = [
            change_status(copy_run(finished_run, office.folder / state), state=state)
            for state in states
        ]
        (runs[0].path / "lock").touch()
        damaged = copy_run(finished_run, office.folder / "damaged")
        write_json(damaged.path / "status.json", {"state": "queued"})
        before = {run.path: (run.path / "status.json").read_bytes() for run in runs}
        queue = office.open()
        office.settle(queue)
        assert queue.tickets.list() == []
        assert office.starts == 0
        for run in runs:
            assert (run.path / "status.json").read_bytes() == before[run.path]

    def test_a_half_done_projection_is_forgotten(self, office: Office, finished_run: Run) -> None:
        run = copy_run(finished_run, office.folder / "run")
        queue = office.open()
        queue.tickets.enqueue("run", "tsne")
        wait_until(lambda: office.starts == 1, "it is begun")
        office.close()
        queue = office.open()
        wait_until(lambda: not queue.tickets.list(), "the ticket is gone")
        queue.request(run, "tsne")  # who still wants it asks again
        wait_until(lambda: office.starts == 2, "it is begun")
