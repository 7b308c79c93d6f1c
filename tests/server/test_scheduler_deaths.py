"""What becomes of a run whose process, or whose server, has died or is about to go."""

from __future__ import annotations

import errno
import os
import signal

import pytest

from tests.conftest import change_status, copy_run, wait_until
from tests.queueing import SMALL, Office
from vae.files import write_json
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter
from vae.server import scheduler
from vae.server.queue import Queue
from vae.server.tickets import Ticket, Tickets

KILLED = "The training process was ended from outside."


def kill(run: Run) -> None:
    """Kill a run's process as `kill -9` or the system does when memory ends."""
    os.kill(open_run(run.path).status["pid"], signal.SIGKILL)
    wait_until(lambda: not run.is_alive(), "its process is gone")


class TestDeath:
    def test_a_killed_worker_leaves_an_interrupted_run_with_a_model(self, office: Office) -> None:
        queue = office.open()
        run = office.submit(queue, "a")
        office.until(run, "training")
        kill(run)
        office.until_begun("a", "a recover")
        killed = open_run(run.path)
        assert (killed.state, killed.status["reason"]) == ("interrupted", KILLED)
        assert not queue.is_pending(run, "train")
        office.tell(run, "finish")
        wait_until(lambda: not queue.tickets.list(), "it is recovered")
        office.settle(queue)
        assert office.order == ["a", "a recover"]

    def test_its_worker_goes_to_the_next(self, office: Office) -> None:
        queue = office.open()
        first, second = (office.submit(queue, name) for name in "ab")
        office.until(first, "training")
        kill(first)
        office.until(second, "training")
        assert office.order == ["a", "b"]  # the model of the first is made after

    def test_a_recovery_that_dies_is_not_tried_again(self, office: Office) -> None:
        queue = office.open()
        run = office.submit(queue, "a")
        office.until(run, "training")
        kill(run)
        office.until_begun("a", "a recover")
        office.tell(run, "crash")
        wait_until(lambda: not queue.tickets.list(), "it is given up")
        office.settle(queue)
        assert office.starts == 2

    def test_before_the_first_checkpoint_there_is_nothing_to_recover(self, office: Office) -> None:
        queue = office.open()
        run = office.submit(queue, "a")
        office.until(run, "training")
        (run.path / "checkpoint.npz").unlink()
        kill(run)
        wait_until(lambda: not queue.tickets.list(), "it is over")
        assert office.until(run, "interrupted").status["reason"] == KILLED
        assert office.order == ["a"]

    def test_the_reason_its_process_wrote_remains(self, office: Office) -> None:
        queue = office.open()
        run = office.submit(queue, "a")
        office.until(run, "training")
        office.tell(run, "give-up")
        office.until_begun("a", "a recover")
        assert open_run(run.path).status["reason"] == "The disk is full."

    def test_resume_while_it_is_recovered(self, office: Office) -> None:
        queue = office.open()
        run = office.submit(queue, "a")
        office.until(run, "training")
        kill(run)
        office.until_begun("a", "a recover")
        queue.resume(open_run(run.path))
        assert queue.is_pending(run, "train")
        office.settle(queue)
        assert office.order == ["a", "a recover"]
        office.tell(run, "finish")
        office.until_begun("a", "a recover", "a")

    def test_a_process_that_does_not_start(self, office: Office) -> None:
        queue = office.open()
        office.refuses = 1
        run, other = (office.submit(queue, name) for name in "ab")
        reason = office.until(run, "failed").status["reason"]
        assert reason == "The training process could not start: Cannot allocate memory."
        office.until(other, "training")
        assert not queue.is_pending(run, "train")

    def test_a_finished_run_whose_process_cannot_start_stays_finished(
        self, office: Office, finished_run: Run
    ) -> None:
        run = copy_run(finished_run, office.folder / "run")
        queue = office.open()
        office.refuses = 1
        queue.resume(run, 1)
        wait_until(lambda: not queue.is_pending(run, "train"), "it is given up")
        after = open_run(run.path)
        reason = (
            "It was not continued. The training process could not start: Cannot allocate memory."
        )
        assert (after.state, after.status["reason"]) == ("finished", reason)
        office.settle(queue)  # and it is not tried again
        assert office.starts == 0

    def test_a_finished_run_whose_process_ends_at_once_stays_finished(
        self, office: Office, finished_run: Run
    ) -> None:
        run = copy_run(finished_run, office.folder / "run")
        queue = office.open()
        office.tell(run, "crash-early")
        queue.resume(run, 1)
        wait_until(
            lambda: office.starts and open_run(run.path).state == "finished", "it is given up"
        )
        reason = "It was not continued. The training process did not start."
        assert open_run(run.path).status["reason"] == reason
        office.settle(queue)
        assert office.starts == 1

    def test_a_full_disk(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_: Ticket) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        queue = office.open()
        with monkeypatch.context() as patch:
            patch.setattr(queue.tickets, "start", full)
            run = office.submit(queue, "a")
            reason = office.until(run, "failed").status["reason"]
            assert reason == "The training process could not start: No space left on device."
            office.settle(queue)  # it is not tried for ever
            assert not queue.is_pending(run, "train")
        queue.resume(open_run(run.path))
        office.until(run, "training")
        assert office.starts == 1

    def test_a_projection_that_does_not_start(self, office: Office, finished_run: Run) -> None:
        run = copy_run(finished_run, office.folder / "run")
        queue = office.open()
        office.refuses = 1
        queue.request(run, "tsne")
        wait_until(lambda: not queue.tickets.list(), "it is given up")
        assert open_run(run.path).state == "finished"

    def test_a_process_that_ends_at_once(self, office: Office) -> None:
        queue = office.open()
        run = queue.submit(SMALL, office.dataset)
        office.tell(run, "crash-early")
        reason = office.until(run, "failed").status["reason"]
        assert reason == "The training process did not start."
        wait_until(lambda: not queue.is_pending(run, "train"), "it is given up")
        # And it can be tried again.
        (run.path / "crash-early").unlink()
        queue.resume(open_run(run.path))
        office.until(run, "training")


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
