"""Who starts the processes: in whose turn, and in whose place."""

from __future__ import annotations

import shutil
import time

import pytest

from tests.conftest import wait_until
from tests.queueing import Office
from vae.runs.run import open_run
from vae.server.presence import Presence
from vae.server.queue import Queue
from vae.server.tickets import Ticket


def under_way(queue: Queue) -> set[str]:
    return {ticket.run_id for ticket in queue.tickets.list() if ticket.started}


class TestOrder:
    def test_first_in_first_out_across_visitors(self, office: Office) -> None:
        queue = office.open(workers=1)
        runs = [
            office.submit(queue, name, owner)
            for name, owner in [("a1", "anna"), ("b1", "ben"), ("a2", "anna"), ("c1", "cleo")]
        ]
        for count, run in enumerate(runs, start=1):
            office.until(run, "training")
            office.settle(queue)
            assert office.order == ["a1", "b1", "a2", "c1"][:count]
            office.finish(run)
        wait_until(lambda: not queue.tickets.list(), "the line is empty")

    def test_one_run_a_visitor_at_a_time(self, office: Office) -> None:
        queue = office.open(workers=3)
        runs = {
            name: office.submit(queue, name, owner)
            for name, owner in [("a1", "anna"), ("a2", "anna"), ("b1", "ben"), ("a3", "anna")]
        }
        for name in ("a1", "b1"):
            office.until(runs[name], "training")
        office.settle(queue)
        assert sorted(office.order) == ["a1", "b1"]  # though a third could train
        office.finish(runs["a1"])
        office.until(runs["a2"], "training")
        office.settle(queue)
        assert sorted(office.order) == ["a1", "a2", "b1"]

    def test_no_more_at_once_than_there_are_workers(self, office: Office) -> None:
        queue = office.open(workers=2)
        runs = [office.submit(queue, name, owner=name) for name in "abc"]
        for run in runs[:2]:
            office.until(run, "training")
        office.settle(queue)
        assert under_way(queue) == {run.id for run in runs[:2]}
        office.finish(runs[1])
        office.until(runs[2], "training")

    def test_other_jobs_of_a_run_wait_until_it_is_free(self, office: Office) -> None:
        queue = office.open(workers=2)
        run = office.submit(queue, "a")
        office.until(run, "training")
        queue.request(run, "tsne")
        queue.request(run, "tsne")
        office.settle(queue)
        assert office.order == ["a"]
        assert queue.is_pending(run, "tsne")
        office.tell(run, "finish")
        office.until_begun("a", "a tsne")
        wait_until(lambda: not queue.is_pending(run, "tsne"), "it is done")
        office.settle(queue)
        assert office.order == ["a", "a tsne"]

    def test_a_projection_does_not_count_as_the_visitors_run(self, office: Office) -> None:
        queue = office.open(workers=2)
        first, second = (office.submit(queue, name, "anna") for name in ("a1", "a2"))
        office.until(first, "training")
        office.tell(first, "finish")
        office.until(second, "training")
        (first.path / "finish").unlink()
        queue.request(first, "export")
        wait_until(lambda: "a1 export" in office.order, "both are under way")

    @pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000])
    def test_a_damaged_ticket_holds_up_nobody(self, content: bytes, office: Office) -> None:
        queue = office.open()
        (queue.tickets.folder).mkdir(exist_ok=True)
        (queue.tickets.folder / "bad-train.json").write_bytes(content)
        office.until(office.submit(queue, "good"), "training")

    def test_a_deleted_or_damaged_folder_holds_up_nobody(self, office: Office) -> None:
        queue = office.open()
        first, gone, damaged, last = (office.submit(queue, name) for name in "abcd")
        office.until(first, "training")
        shutil.rmtree(gone.path)
        (damaged.path / "config.json").write_text("{")
        office.finish(first)
        office.until(last, "training")
        assert not queue.is_pending(gone, "train")
        assert not queue.is_pending(damaged, "train")


class TestTheGone:
    def test_a_run_nobody_comes_back_to_is_paused(self, office: Office) -> None:
        presence = Presence(0.05)
        presence.connect("session", "anna", None)
        queue = office.open(presence=presence)
        first, second = (office.submit(queue, name, "anna") for name in ("a1", "a2"))
        office.until(first, "training")
        office.settle(queue)
        presence.disconnect("session")
        for run in (first, second):
            office.until(run, "paused")
        wait_until(lambda: not queue.tickets.list(), "nobody waits")
        assert not first.is_alive()
        assert open_run(second.path).status["reason"] == "Paused, since its visitor left."
        office.settle(queue)
        assert office.order == ["a1"]
        # From its link it goes on.
        presence.connect("another session", "ben", second.id)
        queue.resume(open_run(second.path))
        office.until(second, "training")

    def test_others_runs_continue(self, office: Office) -> None:
        presence = Presence(0.05)
        presence.connect("a session", "anna", None)
        presence.connect("another", "ben", None)
        queue = office.open(workers=2, presence=presence)
        annas, bens = (office.submit(queue, name, name) for name in ("anna", "ben"))
        office.until(annas, "training")
        office.until(bens, "training")
        presence.disconnect("a session")
        office.until(annas, "paused")
        office.settle(queue)
        assert open_run(bens.path).state == "training"


class TestSeveralServers:
    def test_visitors_of_another_server_are_there_too(self, office: Office) -> None:
        """The server that leads is not the one that the visitor is connected to."""
        elsewhere, here = Presence(0.5), Presence(0.5)
        leads = office.open(presence=here)
        office.settle(leads)
        second = office.open(presence=elsewhere)
        elsewhere.connect("session", "anna", None)
        office.settle(second)
        run = office.submit(second, "a", "anna")
        office.until(run, "training")
        began = time.monotonic()
        # Longer than the grace time, in which she would have been gone.
        wait_until(lambda: time.monotonic() > began + 1.5, "the grace time is over")
        assert open_run(run.path).state == "training"
        elsewhere.disconnect("session")
        office.until(run, "paused")


class TestNoFolder:
    def test_a_file_where_the_folder_should_be(self, office: Office) -> None:
        shutil.rmtree(office.folder)
        office.folder.write_text("in the way")
        queue = office.open()
        office.settle(queue)
        assert queue.tickets.list() == []
        office.folder.unlink()
        office.folder.mkdir()
        # And it goes on as soon as it can.
        office.until(office.submit(queue, "a"), "training")

    def test_a_folder_that_is_removed_meanwhile(self, office: Office) -> None:
        queue = office.open()
        office.until(office.submit(queue, "a"), "training")
        shutil.rmtree(office.folder)
        office.settle(queue)
        office.folder.mkdir()
        office.processes[0].kill()
        office.until(office.submit(queue, "b"), "training")

    def test_a_ticket_for_nothing(self, office: Office) -> None:
        queue = office.open()
        queue.tickets.enqueue("nothing", "train")
        wait_until(lambda: not queue.tickets.list(), "it is thrown away")
        queue.tickets.enqueue("nothing", "tsne")
        wait_until(lambda: not queue.tickets.list(), "it is thrown away")
        queue.tickets.remove(Ticket("nothing", "train"))
        assert office.starts == 0
