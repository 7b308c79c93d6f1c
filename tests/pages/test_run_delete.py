"""Deleting a run, and undoing it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import run_menu, server
from pages._shared.plain import plain
from tests.conftest import change_status, wait_until
from tests.pages.crafted import craft, enqueue, ticket_of
from tests.pages.doubles import Processes
from tests.pages.driving import act, calm, open_page, picker, press
from tests.pages.shown import choices, words
from tests.pages.test_run_menu import HOSTILE
from vae.data.datasets import Dataset
from vae.runs.metadata import MAX_NAME
from vae.runs.run import Run
from vae.runs.store import UNDO_SECONDS
from vae.server.queue import Queue

UNDO = "Undo: digits Custom made"


def undos(app: AppTest) -> list[str]:
    """The deletions that can be undone."""
    return [button.label for button in app.button if button.label.startswith("Undo")]


class TestDelete:
    def test_the_only_run_and_back_again(self, own_run: Run) -> None:
        app = press(open_page("train"), "Delete this run")
        assert "No runs yet" in words(app)
        assert "run" not in app.query_params
        assert "Deleted. You can undo this for 10 minutes:" in words(app)
        assert UNDO_SECONDS == 600
        assert "No runs yet" in words(open_page("start"))
        press(app, UNDO)
        assert picker(app).value == "made"
        assert app.query_params["run"] == "made"
        assert undos(app) == []
        assert Run(own_run.path).rows == own_run.rows

    def test_a_second_click_that_overtakes_the_first(
        self, own_run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each click runs in a thread of its own: what is asked may be old when it is used."""
        deleted = Queue.deleted

        def late(queue: Queue, visitor: str = "") -> list[Run]:
            found = deleted(queue, visitor)
            if not Run(own_run.path).metadata.deleted:
                queue.store.delete(own_run)  # by the other click, meanwhile
            return found

        app = open_page("train")
        with monkeypatch.context() as patch:
            patch.setattr(Queue, "deleted", late)
            press(app, "Delete this run")
        assert [error.value for error in app.error] == []
        assert "No runs yet" in words(app)

    def test_one_of_several(self, own_run: Run, digits: Dataset, runs: Path) -> None:
        craft(runs / "other", digits)
        app = press(open_page("start", run="made"), "Delete this run")
        assert picker(app).value == "other"
        assert len(choices(app)) == 1
        press(app, UNDO)
        assert picker(app).value == "made"
        assert len(choices(app)) == 2

    @pytest.mark.parametrize("order", [("made", "second", "third"), ("second", "third", "made")])
    def test_several_come_back_in_any_order(
        self, order: tuple[str, ...], own_run: Run, digits: Dataset, runs: Path
    ) -> None:
        for name in ("second", "third", "left"):
            craft(runs / name, digits)
        server.store().rename(Run(runs / "second"), HOSTILE["markdown"])
        called = {"made": UNDO, "third": "Undo: digits Custom third"}
        called["second"] = f"Undo: {plain(HOSTILE['markdown'][:MAX_NAME])}"
        app = open_page("start")
        for name in ("made", "second", "third"):
            app = act(picker(app).set_value(name))
            press(app, "Delete this run")
        assert undos(app) == [called[name] for name in ("third", "second", "made")]
        assert len(choices(app)) == 1
        for index, name in enumerate(order):
            press(app, called[name])
            assert picker(app).value == name
            assert len(undos(app)) == 2 - index
        assert len(choices(app)) == 4

    def test_in_another_tab_too(self, own_run: Run) -> None:
        press(open_page("start"), "Delete this run")
        app = press(open_page("data"), UNDO)
        assert picker(app).value == "made"

    def test_the_menu_is_the_runs_own(self, own_run: Run, digits: Dataset, runs: Path) -> None:
        # A browser closes the menu of a run that is no longer chosen.
        craft(runs / "other", digits)
        app = open_page("start", run="made")
        assert app.main.get_by_key("menu-made")
        press(app, "Delete this run")
        assert app.main.get_by_key("menu-other")

    def test_a_second_click_changes_nothing(
        self, own_run: Run, digits: Dataset, runs: Path
    ) -> None:
        craft(runs / "other", digits)
        app = open_page("start", run="made")
        run_menu._delete("made", "")
        press(app, "Delete this run")
        assert not app.error
        assert [run.id for run in server.store().list()] == ["other"]
        assert undos(app) == [UNDO]

    def test_its_link_leads_nowhere(self, own_run: Run) -> None:
        press(open_page("start"), "Delete this run")
        assert "No run has this id. Received: 'made'" in words(open_page("start", run="made"))

    def test_it_is_offered_as_long_as_it_is_possible(
        self, own_run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = press(open_page("start"), "Delete this run")
        assert undos(calm(app.run())) == [UNDO]
        monkeypatch.setattr("vae.runs.store.UNDO_SECONDS", 0.0)
        assert undos(calm(app.run())) == []
        assert "Deleted" not in words(app)

    def test_it_is_over_when_the_run_is_gone(self, own_run: Run) -> None:
        app = press(open_page("start"), "Delete this run")
        shutil.rmtree(own_run.path)
        press(app, UNDO)
        assert undos(app) == []
        assert "No runs yet" in words(app)

    def test_what_trains_gets_a_request_to_exit(self, own_run: Run, processes: Processes) -> None:
        change_status(own_run, state="queued")
        enqueue(own_run)
        app = open_page("train")
        wait_until(lambda: "made-train" in processes, "its process has started")
        with own_run.lock():
            change_status(own_run, state="training")
            press(app, "Delete this run")
            assert processes["made-train"].requested_exits
            server.queue().close()

    def test_what_waits_is_no_longer_queued(self, own_run: Run, busy: Run) -> None:
        change_status(own_run, state="queued")
        enqueue(own_run)
        app = press(open_page("train", run="made"), "Delete this run")
        assert ticket_of(own_run) is None
        press(app, UNDO)
        assert Run(own_run.path).state == "paused"

    def test_a_run_that_is_gone_meanwhile(self, own_run: Run) -> None:
        app = open_page("start")
        shutil.rmtree(own_run.path)
        press(app, "Delete this run")
        assert "No run has this id. Received: 'made'" in app.error[0].value
        assert undos(app) == []
