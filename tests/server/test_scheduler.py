"""Who starts the processes: in whose turn, and in whose place."""

from __future__ import annotations

import shutil
import time

import pytest

from tests.conftest import wait_until
from tests.queueing import Servers
from vae.runs.run import open_run
from vae.server.presence import Presence
from vae.server.queue import Queue
from vae.server.tickets import Ticket


def under_way(queue: Queue) -> set[str]:
    return {ticket.run_id for ticket in queue.tickets.list() if ticket.started}


class TestOrder:
    def test_first_in_first_out_across_visitors(self, servers: Servers) -> None:
        queue = servers.open(workers=1)
        runs = [
            servers.submit(queue, name, owner)
            for name, owner in [("a1", "anna"), ("b1", "ben"), ("a2", "anna"), ("c1", "cleo")]
        ]
        for count, run in enumerate(runs, start=1):
            servers.until(run, "training")
            servers.settle(queue)
            assert servers.order == ["a1", "b1", "a2", "c1"][:count]
            servers.finish(run)
        wait_until(lambda: not queue.tickets.list(), "the line is empty")

    def test_one_run_a_visitor_at_a_time(self, servers: Servers) -> None:
        queue = servers.open(workers=3)
        runs = {
            name: servers.submit(queue, name, owner)
            for name, owner in [("a1", "anna"), ("a2", "anna"), ("b1", "ben"), ("a3", "anna")]
        }
        for name in ("a1", "b1"):
            servers.until(runs[name], "training")
        servers.settle(queue)
        assert sorted(servers.order) == ["a1", "b1"]  # though a third could train
        servers.finish(runs["a1"])
        servers.until(runs["a2"], "training")
        servers.settle(queue)
        assert sorted(servers.order) == ["a1", "a2", "b1"]

    def test_no_more_at_once_than_there_are_workers(self, servers: Servers) -> None:
        queue = servers.open(workers=2)
        runs = [servers.submit(queue, name, owner=name) for name in "abc"]
        for run in runs[:2]:
            servers.until(run, "training")
        servers.settle(queue)
        assert under_way(queue) == {run.id for run in runs[:2]}
        servers.finish(runs[1])
        servers.until(runs[2], "training")

    def test_other_jobs_of_a_run_wait_until_it_is_free(self, servers: Servers) -> None:
        queue = servers.open(workers=2)
        run = servers.submit(queue, "a")
        servers.until(run, "training")
        queue.request(run, "tsne")
        queue.request(run, "tsne")
        servers.settle(queue)
        assert servers.order == ["a"]
        assert queue.is_pending(run, "tsne")
        servers.instruct(run, "finish")
        servers.until_begun("a", "a tsne")
        wait_until(lambda: not queue.is_pending(run, "tsne"), "it is done")
        servers.settle(queue)
        assert servers.order == ["a", "a tsne"]

    def test_a_projection_does_not_count_as_the_visitors_run(self, servers: Servers) -> None:
        queue = servers.open(workers=2)
        first, second = (servers.submit(queue, name, "anna") for name in ("a1", "a2"))
        servers.until(first, "training")
        servers.instruct(first, "finish")
        servers.until(second, "training")
        (first.path / "finish").unlink()
        queue.request(first, "export")
        wait_until(lambda: "a1 export" in servers.order, "both are under way")

    @pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000])
    def test_a_damaged_ticket_holds_up_nobody(self, content: bytes, servers: Servers) -> None:
        queue = servers.open()
        (queue.tickets.folder).mkdir(exist_ok=True)
        (queue.tickets.folder / "bad-train.json").write_bytes(content)
        servers.until(servers.submit(queue, "good"), "training")

    def test_a_deleted_or_damaged_folder_holds_up_nobody(self, servers: Servers) -> None:
        queue = servers.open()
        first, gone, damaged, last = (servers.submit(queue, name) for name in "abcd")
        servers.until(first, "training")
        shutil.rmtree(gone.path)
        (damaged.path / "config.json").write_text("{")
        servers.finish(first)
        servers.until(last, "training")
        assert not queue.is_pending(gone, "train")
        assert not queue.is_pending(damaged, "train")


class TestTheGone:
    def test_a_run_nobody_comes_back_to_is_paused(self, servers: Servers) -> None:
        presence = Presence(0.05)
        presence.connect("session", "anna", None)
        queue = servers.open(presence=presence)
        first, second = (servers.submit(queue, name, "anna") for name in ("a1", "a2"))
        servers.until(first, "training")
        servers.settle(queue)
        presence.disconnect("session")
        for run in (first, second):
            servers.until(run, "paused")
        wait_until(lambda: not queue.tickets.list(), "nobody waits")
        assert not first.is_alive()
        assert open_run(second.path).status["reason"] == "Paused, since its visitor left."
        servers.settle(queue)
        assert servers.order == ["a1"]
        # From its link it is resumed.
        presence.connect("another session", "ben", second.id)
        queue.resume(open_run(second.path))
        servers.until(second, "training")

    def test_others_runs_continue(self, servers: Servers) -> None:
        presence = Presence(0.05)
        presence.connect("a session", "anna", None)
        presence.connect("another", "ben", None)
        queue = servers.open(workers=2, presence=presence)
        annas, bens = (servers.submit(queue, name, name) for name in ("anna", "ben"))
        servers.until(annas, "training")
        servers.until(bens, "training")
        presence.disconnect("a session")
        servers.until(annas, "paused")
        servers.settle(queue)
        assert open_run(bens.path).state == "training"


class TestSeveralServers:
    def test_visitors_of_another_server_are_there_too(self, servers: Servers) -> None:
        """The server that leads is not the one that the visitor is connected to."""
        elsewhere, here = Presence(0.5), Presence(0.5)
        leads = servers.open(presence=here)
        servers.settle(leads)
        second = servers.open(presence=elsewhere)
        elsewhere.connect("session", "anna", None)
        servers.settle(second)
        run = servers.submit(second, "a", "anna")
        servers.until(run, "training")
        began = time.monotonic()
        # Longer than the grace time, in which she would have been gone.
        wait_until(lambda: time.monotonic() > began + 1.5, "the grace time is over")
        assert open_run(run.path).state == "training"
        elsewhere.disconnect("session")
        servers.until(run, "paused")


class TestNoFolder:
    def test_a_file_where_the_folder_should_be(self, servers: Servers) -> None:
        shutil.rmtree(servers.folder)
        servers.folder.write_text("in the way")
        queue = servers.open()
        servers.settle(queue)
        assert queue.tickets.list() == []
        servers.folder.unlink()
        servers.folder.mkdir()
        # And it continues as soon as it can.
        servers.until(servers.submit(queue, "a"), "training")

    def test_a_folder_that_is_removed_meanwhile(self, servers: Servers) -> None:
        queue = servers.open()
        servers.until(servers.submit(queue, "a"), "training")
        shutil.rmtree(servers.folder)
        servers.settle(queue)
        servers.folder.mkdir()
        servers.processes[0].kill()
        servers.until(servers.submit(queue, "b"), "training")

    def test_a_ticket_for_nothing(self, servers: Servers) -> None:
        queue = servers.open()
        queue.tickets.enqueue("nothing", "train")
        wait_until(lambda: not queue.tickets.list(), "it is thrown away")
        queue.tickets.enqueue("nothing", "tsne")
        wait_until(lambda: not queue.tickets.list(), "it is thrown away")
        queue.tickets.remove(Ticket("nothing", "train"))
        assert servers.starts == 0
