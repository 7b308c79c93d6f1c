"""The waiting line on disk: an order that outlives who wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vae.server.tickets import ACTIONS, Ticket, Tickets


@pytest.fixture
def tickets(tmp_path: Path) -> Tickets:
    return Tickets(tmp_path)


def names(tickets: Tickets) -> list[str]:
    return [ticket.name for ticket in tickets.list()]


class TestBasics:
    def test_no_folder_no_tickets(self, tmp_path: Path) -> None:
        assert Tickets(tmp_path / "nothing").list() == []
        assert not Tickets(tmp_path / "nothing").has("run")
        assert list(tmp_path.iterdir()) == []

    def test_the_first_ticket_comes_first(self, tickets: Tickets) -> None:
        for run_id in ("c", "a", "b"):
            tickets.enqueue(run_id, "train", owner=f"owner of {run_id}")
        assert names(tickets) == ["c-train", "a-train", "b-train"]
        assert [ticket.owner for ticket in tickets.list()] == [f"owner of {x}" for x in "cab"]
        assert not any(ticket.started for ticket in tickets.list())

    @pytest.mark.parametrize("action", ACTIONS)
    def test_a_ticket_is_added_and_removed(self, tickets: Tickets, action: str) -> None:
        tickets.enqueue("run", action)
        assert tickets.has("run")
        assert tickets.has("run", (action,))
        assert not tickets.has("run", [other for other in ACTIONS if other != action])
        assert not tickets.has("ru")
        tickets.remove(Ticket("run", action))
        tickets.remove(Ticket("run", action))
        assert tickets.list() == []

    def test_waiting_ends_with_the_start(self, tickets: Tickets) -> None:
        tickets.enqueue("run", "train")
        assert tickets.is_waiting("run", "train")
        assert not tickets.is_waiting("run", "tsne")
        tickets.start(tickets.list()[0])
        assert not tickets.is_waiting("run", "train")
        assert tickets.has("run", ("train",))


class TestCorrectness:
    def test_a_second_ticket_changes_no_position(self, tickets: Tickets) -> None:
        for run_id in ("first", "second", "first"):
            tickets.enqueue(run_id, "train")
        assert names(tickets) == ["first-train", "second-train"]

    def test_a_start_keeps_the_position(self, tickets: Tickets) -> None:
        for run_id in ("first", "second"):
            tickets.enqueue(run_id, "train", "owner")
        before = tickets.list()[0]
        tickets.start(before)
        after = tickets.list()[0]
        assert (after.run_id, after.owner, after.enqueued) == ("first", "owner", before.enqueued)
        assert after.started

    def test_the_line_outlives_who_wrote_it(self, tickets: Tickets, tmp_path: Path) -> None:
        tickets.enqueue("run-with_dashes-1", "train")
        tickets.enqueue("run-with_dashes-1", "tsne")
        assert Tickets(tmp_path).list() == tickets.list()
        assert {ticket.run_id for ticket in tickets.list()} == {"run-with_dashes-1"}

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[]",
            b"5",
            b"{}",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"owner": "", "drawn": "then", "started": false}',
            b'{"owner": "", "drawn": null, "started": false}',
            b'{"owner": "", "drawn": 1e999, "started": false}',
            b'{"owner": "", "started": false}',
        ],
        ids=lambda content: content[:28].decode("latin-1"),
    )
    def test_a_damaged_ticket_holds_up_nobody(self, tickets: Tickets, content: bytes) -> None:
        tickets.enqueue("good", "train")
        (tickets.folder / "bad-train.json").write_bytes(content)
        assert names(tickets) == ["good-train"]
        assert not tickets.is_waiting("bad", "train")
        assert not tickets.has("bad")
        tickets.enqueue("bad", "train")  # and whose it was is enqueued anew
        assert names(tickets) == ["good-train", "bad-train"]

    @pytest.mark.parametrize("name", ["run-explode", "train", "leader", ".hidden-train"])
    def test_other_files_are_ignored(self, tickets: Tickets, name: str) -> None:
        tickets.enqueue("good", "train")
        content = (tickets.folder / "good-train.json").read_text()
        (tickets.folder / f"{name}.json").write_text(content)
        assert names(tickets) == ["good-train"]

    def test_no_temporary_file_stays(self, tickets: Tickets) -> None:
        tickets.enqueue("run", "train")
        tickets.start(tickets.list()[0])
        assert [path.name for path in tickets.folder.iterdir()] == ["run-train.json"]
