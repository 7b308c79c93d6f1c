"""The table of all runs: found, named, tagged, deleted, brought back, and what others see of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from tests.conftest import copy_run
from tests.pages.crafted import craft
from tests.pages.doubles import ANNA, BEN, Browser, owner_of
from tests.pages.driving import act, calm, healthy, labelled, open_page, press
from tests.pages.shown import words
from vae.data.datasets import Dataset
from vae.runs.run import Run

SELECTED = "runs_selected"


def table(app: AppTest) -> pd.DataFrame:
    """What the wide table shows."""
    found = app.dataframe[0].value
    if "tags" in found:
        found["tags"] = [[*tags] for tags in found["tags"]]
    return found


def shown(app: AppTest) -> list[str]:
    """The names of the runs that are listed, in their order."""
    return [*table(app)["run"]] if app.dataframe else []


def select(app: AppTest, *ids: str) -> AppTest:
    """Select rows, which AppTest cannot do as a browser does."""
    app.session_state[SELECTED] = [*ids]
    return calm(app.run())


@pytest.fixture
def several(run: Run, code_run: Run, digits: Dataset, runs: Path) -> list[Run]:
    """A named and tagged VAE, an autoencoder with a note, a run that failed."""
    store = server.store()
    store.rename(run, "First *try*")
    store.annotate(run, tags=["good", "<b>loud</b>"])
    store.annotate(code_run, note="Without a KL")
    return [run, code_run, craft(runs / "bad", digits, state="failed")]


def test_no_runs_lead_to_the_page_that_trains() -> None:
    app = open_page("runs")
    assert "No runs yet: train one on the Train page." in words(app)
    assert not app.dataframe


@pytest.mark.usefixtures("several")
def test_what_is_shown() -> None:
    app = healthy(open_page("runs"))
    assert {*shown(app)} == {"First *try*", "code", "bad"}
    found = table(app).set_index("run")
    assert found.loc["First *try*", "tags"] == ["good", "<b>loud</b>"]
    assert found.loc["code", "kind"] == "Autoencoder"
    assert found.loc["bad", "state"] == "failed"
    assert found["elbo"].notna().sum() == 1
    assert "id" not in found
    assert app.query_params == {"view": "table"}


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("address", "names"),
    [
        ({"q": "TRY digits"}, {"First *try*"}),
        ({"q": "without a kl"}, {"code"}),
        ({"q": "try nowhere"}, set()),
        ({"kind": "Autoencoder"}, {"code"}),
        ({"state": "failed,training"}, {"bad"}),
        ({"tag": "good"}, {"First *try*"}),
        ({"tag": "%3Cb%3Eloud%3C/b%3E,good"}, {"First *try*"}),
        ({"data": "Digits", "state": "failed"}, {"bad"}),
        # What is unknown is ignored.
        ({"tag": "none", "state": "gone", "data": "", "kind": ",,", "sort": "x"}, None),
    ],
)
def test_an_address_says_what_is_shown(address: dict[str, str], names: set[str] | None) -> None:
    app = healthy(open_page("runs", **address))
    if names is None:
        assert len(shown(app)) == 3
        assert app.query_params == {"view": "table"}
        return
    assert {*shown(app)} == names
    assert f"**{len(names)}** of 3 runs" in words(app)
    assert app.query_params == {**address, "view": "table"}
    assert len(shown(press(app, "Clear filters"))) == 3


def test_filters_are_in_the_address(several: list[Run]) -> None:
    app = act(labelled(open_page("runs").text_input, "Search").set_value("try"))
    app = act(labelled(app.multiselect, "Tags").set_value(["good"]))
    app = act(labelled(app.selectbox, "Order").set_value("Name"))
    assert app.query_params == {"view": "table", "q": "try", "tag": "good", "sort": "name"}
    assert shown(app) == ["First *try*"]


@pytest.mark.usefixtures("several")
def test_orders() -> None:
    app = open_page("runs", sort="name")
    assert shown(app) == ["bad", "code", "First *try*"]
    app = act(labelled(app.selectbox, "Order").set_value("Highest ELBO"))
    assert shown(app)[0] == "First *try*"  # alone it has one


@pytest.mark.usefixtures("several")
def test_a_run_is_named_tagged_and_noted() -> None:
    app = select(open_page("runs"), "code")
    assert "**1** selected" in words(app)
    app = act(labelled(app.text_input, "Name").set_value("  <i>Codes</i>  alone "))
    assert "<i>Codes</i> alone" in shown(app)
    app = act(labelled(app.text_area, "Note").set_value("x" * 400))
    assert server.store().open("code").metadata.note == "x" * 400
    assert server.store().open("code").metadata.name == "<i>Codes</i> alone"
    assert "**1** selected" in words(app)


def tags_field(app: AppTest) -> Any:
    """The field of the selected runs' tags; the filter's, which has its name, comes before it."""
    return [each for each in app.multiselect if each.label.startswith("Tags")][-1]


def test_tags_of_several(several: list[Run]) -> None:
    app = select(open_page("runs"), *(run.id for run in several))
    assert tags_field(app).label == "Tags of all 3"
    assert tags_field(app).value == []
    act(tags_field(app).set_value(["good"]))
    tags = {run.id: Run(run.path).metadata.tags for run in several}
    assert tags == {"finished": ("good", "<b>loud</b>"), "code": ("good",), "bad": ("good",)}
    assert tags_field(app).value == ["good"]
    act(tags_field(app).set_value([]))
    assert Run(several[0].path).metadata.tags == ("<b>loud</b>",)  # its own stays


def test_deleted_together_and_brought_back(several: list[Run]) -> None:
    app = press(select(open_page("runs"), "code", "bad"), "Delete")
    assert shown(app) == ["First *try*"]
    assert "selected" not in words(app)
    app = press(app, "Bring back all 2")
    assert len(shown(app)) == 3
    assert len(server.store().list()) == 3


@pytest.mark.usefixtures("several")
def test_what_is_not_shown_is_not_selected() -> None:
    app = select(open_page("runs"), "code", "bad")
    app = act(labelled(app.text_input, "Search").set_value("failed"))
    assert "**1** selected" in words(app)
    press(app, "Delete")
    assert {run.id for run in server.store().list()} == {"finished", "code"}


@pytest.mark.usefixtures("several")
def test_two_to_eight_are_compared() -> None:
    app = select(open_page("runs"), "code")
    assert labelled(app.button, "Compare").disabled
    app = select(app, "code", "finished")
    assert not labelled(app.button, "Compare").disabled


def test_a_built_in_run_is_marked_and_stays(shipped: list[Run], own_run: Run) -> None:
    app = open_page("runs")
    found = table(app).set_index("run")
    assert found.loc["mnist-recommended", "tags"] == ["built-in"]
    assert found.loc["made", "tags"] == []
    app = select(app, "mnist-recommended")
    assert labelled(app.button, "Delete").disabled
    app = press(select(app, "mnist-recommended", "made"), "Delete")
    assert "made" not in shown(app)
    assert "mnist-recommended" in shown(app)


def test_the_table_as_a_file(several: list[Run], downloads: dict[str, Callable[[], bytes]]) -> None:
    server.store().rename(several[1], "=1+1")
    open_page("runs", sort="name")
    lines = downloads["runs.csv"]().decode().splitlines()
    assert lines[0].startswith("run,tags,dataset,")
    assert [line.split(",")[0] for line in lines[1:]] == ["'=1+1", "bad", "First *try*"]
    assert '"good, <b>loud</b>"' in lines[3]


def test_folders_that_cannot_be_read_are_named_once(run: Run, runs: Path) -> None:
    for number in range(7):
        (runs / f"broken-{number}").mkdir()
        (runs / f"broken-{number}" / "config.json").write_text("{")
    app = healthy(open_page("runs"))
    assert shown(app) == ["finished"]
    assert words(app).count("broken-0") == 1
    assert "7 folders are not in the table: broken-0" in words(app)
    assert "and 2 more." in words(app)


def test_others_runs_are_neither_listed_nor_changed(
    browser: Browser, digits: Dataset, runs: Path
) -> None:
    for name, secret in (("annas", ANNA), ("bens", BEN)):
        craft(runs / name, digits, owner=owner_of(secret))
    craft(runs / "nobodys", digits)
    (runs / "broken").mkdir()
    (runs / "broken" / "config.json").write_text("{")  # whose id is a secret too
    browser.take(ANNA)
    app = open_page("runs")
    assert shown(app) == ["annas"]
    assert "broken" not in words(app)
    # By its link it is shown and compared, and stays as it is.
    app = open_page("runs", run="bens")
    assert {*shown(app)} == {"annas", "bens"}
    app = select(app, "bens")
    assert labelled(app.button, "Delete").disabled
    press(select(app, "annas", "bens"), "Delete")
    assert [run.id for run in server.store().deleted()] == ["annas"]


def test_many_runs_have_each_a_row(finished_run: Run, runs: Path) -> None:
    for number in range(40):
        copy_run(finished_run, runs / f"run-{number:02}")
    app = healthy(open_page("runs", q="run-3"))
    assert len(shown(app)) == 10
