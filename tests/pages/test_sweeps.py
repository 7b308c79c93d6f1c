"""Runs, Sweeps: the form says what a sweep costs, its board what it found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from tests.pages.doubles import ANNA, BEN, Browser, Processes, owner_of
from tests.pages.driving import act, labelled, open_page, press
from tests.pages.generating import control
from tests.pages.shown import words
from tests.sweeps.tiny import made_row, tiny_sweep
from vae.data.datasets import Dataset
from vae.runs.metadata import write_metadata
from vae.server.study_store import StudyStore
from vae.studies.writer import append_line, write_status
from vae.sweeps.study import Sweep

pytestmark = pytest.mark.usefixtures("run")


@pytest.fixture
def sweep(runs: Path, digits: Dataset) -> Sweep:
    """One that has ended: its reconstructions grow with beta, and fall with the dimensions."""
    made = tiny_sweep(StudyStore(runs).new_path(), digits, runs="shared", seeds=2)
    for planned in made.plan.runs:
        beta, dim = planned.settings["beta"], planned.settings["latent_dim"]
        row = made_row(
            planned.settings, planned.seed, reconstruction=10 * beta - dim + planned.seed
        )
        append_line(made.path / "rows.jsonl", {**row, "run": made.run_path(planned).name})
    write_status(made.path, state="finished", done=8, total=8, seconds=20.0)
    return made


def open_view(**address: str) -> AppTest:
    return open_page("runs", view="sweeps", **address)


def table(app: AppTest) -> str:
    (body,) = [
        each.proto.body for each in app.main.get("html") if 'class="sweep"' in each.proto.body
    ]
    return body


class TestForm:
    def test_what_is_asked_is_put_into_the_queue(self, processes: Processes) -> None:
        app = open_view()
        act(control(app, "Other settings of all runs").set_value("epochs=2, hidden=8,4"))
        act(control(app, "Seeds").set_value("2"))
        assert "**12 runs, about" in words(app)
        press(app, "Start sweep")
        (sweep,) = server.queue().studies.store.of_kind(Sweep)
        assert sweep.grid == {"beta": (0.5, 1.0, 4.0), "latent_dim": (2, 8)}
        assert (sweep.config.epochs, sweep.config.hidden) == (2, (8, 4))
        assert (sweep.settings["seeds"], sweep.settings["runs"]) == (2, "shared")
        assert app.query_params["sweep"] == sweep.path.name
        assert "Next in the queue" in words(app) or "Starting" in words(app)

    @pytest.mark.parametrize(
        ("field", "text", "says"),
        [
            ("Other settings of all runs", "epoch=2", "Settings by name"),
            ("Other settings of all runs", "5", "Settings by name"),
            ("Values of beta", "a lot", "or a range"),
            ("Values of beta", "0..10:2000", "or a range"),
        ],
    )
    def test_what_cannot_be_read_stops_it(self, field: str, text: str, says: str) -> None:
        app = act(control(open_view(), field).set_value(text))
        assert says in words(app)
        assert labelled(app.button, "Start sweep").disabled

    def test_more_runs_than_a_sweep_has(self) -> None:
        app = open_view()
        act(control(app, "Values of beta").set_value("0..10:1000"))
        act(control(app, "Seeds").set_value("100"))
        assert "at most 10,000 runs" in words(app)
        assert labelled(app.button, "Start sweep").disabled


class TestBoard:
    def test_each_combination_is_a_cell_with_its_mean(self, sweep: Sweep) -> None:
        app = open_view()
        assert "Finished: 8 runs" in words(app)
        body = table(app)
        # beta 0.5 with 2 dimensions: 5 - 2 + 3 and + 4, whose mean is 6.5: the smallest loss.
        assert body.index('class="best"') < body.index("6.50") < body.index("41.50")
        assert "± 0.71</small>" in body
        assert "Best so far: **Beta 0.5, Latent dimensions 2**" in words(app)
        assert any('"Which setting mattered"' in each.proto.body for each in app.main.get("html"))

    def test_one_that_runs_says_what_waits(self, sweep: Sweep) -> None:
        (sweep.path / "rows.jsonl").unlink()
        write_status(sweep.path, state="stopped", done=0, total=8, seconds=0.0)
        app = open_view(sweep=sweep.path.name)
        assert table(app).count("waits") == 4
        assert labelled(app.button, "Continue")

    def test_it_is_extended(self, sweep: Sweep, processes: Processes) -> None:
        app = open_view()
        act(control(app, "Beta").set_value("0.5, 4, 8"))
        press(app, "Extend and continue")
        (longer,) = server.queue().studies.store.of_kind(Sweep)
        assert longer.grid["beta"] == (0.5, 4.0, 8.0)
        assert longer.status["total"] == 12
        assert server.queue().studies.is_pending(longer)

    @pytest.mark.parametrize("wanted", ["none", "../etc"])
    def test_a_link_to_none_says_so(self, wanted: str) -> None:
        app = open_view(sweep=wanted)
        assert "No study has this id" in words(app)
        assert labelled(app.button, "Start sweep")

    def test_a_newer_one_says_so(self, sweep: Sweep) -> None:
        path = sweep.path / "study.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
        assert "newer version" in words(open_view(sweep=sweep.path.name))

    def test_strangers_see_it_by_its_link_alone(self, sweep: Sweep, browser: Browser) -> None:
        write_metadata(sweep.path, owner=owner_of(ANNA))
        browser.take(ANNA)
        assert "Finished: 8 runs" in words(open_view())
        browser.take(BEN)
        assert "Finished: 8 runs" not in words(open_view())
        app = open_view(sweep=sweep.path.name)
        assert "Finished: 8 runs" in words(app)
        assert "Delete" not in [button.label for button in app.button]
