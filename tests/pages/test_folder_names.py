"""Pages of a run whose folder has a name as people give them."""

from __future__ import annotations

import json
import unicodedata
from itertools import cycle
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run
from tests.pages.driving import PAGES, act, labelled, open_page, picker, press, tour
from tests.pages.shown import words
from tests.runs.test_folder_names import NAMES, label
from vae.runs.run import SHIPPED, Run
from vae.runs.store import RunStore


def named(runs: Path, name: str) -> Run:
    return copy_run(Run(SHIPPED / "digits"), runs / name)


def shows(app: AppTest, name: str) -> None:
    """Fail unless a page shows the run of this name, without a word about it."""
    assert picker(app).value == name
    assert not app.error
    assert not app.warning
    assert app.query_params["run"] == name


class TestNames:
    @pytest.mark.parametrize(("page", "name"), [*zip(cycle(PAGES), NAMES, strict=False)], ids=label)
    def test_a_page_shows_it(self, runs: Path, page: str, name: str) -> None:
        named(runs, "another")
        named(runs, name)
        shows(open_page(page, run=name), name)

    @pytest.mark.parametrize("name", ["größe 0.5", "<b>x", "a__b_"], ids=label)
    def test_it_stays_from_page_to_page(self, runs: Path, name: str) -> None:
        named(runs, "another")
        named(runs, name)
        for _, app in tour(run=name):
            shows(app, name)

    @pytest.mark.parametrize("view", ["map", "path", "draw", "dimensions", "projections"])
    @pytest.mark.parametrize("name", ["a__b_", "größe 0.5"], ids=label)
    def test_views_of_the_latent_page(self, runs: Path, name: str, view: str) -> None:
        named(runs, "another")
        named(runs, name)
        app = open_page("latent", run=name, view=view)
        assert picker(app).value == name
        assert not app.error

    @pytest.mark.parametrize(
        "view", ["grid", "samplers", "manifold", "sliders", "arithmetic", "animation", "take-away"]
    )
    @pytest.mark.parametrize("name", ["a__b_", "größe 0.5"], ids=label)
    def test_views_of_the_generate_page(self, runs: Path, name: str, view: str) -> None:
        named(runs, name)
        app = open_page("generate", run=name, view=view)
        assert picker(app).value == name
        assert not app.error

    def test_they_are_distinguished(self, runs: Path) -> None:
        for name in ("beta-0.5", "beta-0.7"):
            named(runs, name)
        options = picker(open_page("start")).options
        assert {option.rpartition("yours, ")[2] for option in options} == {"beta-0.5", "beta-0.7"}

    def test_a_link_in_the_other_spelling(self, runs: Path) -> None:
        run = named(runs, unicodedata.normalize("NFD", "größe"))
        app = open_page("latent", run="größe")
        assert picker(app).value == run.id
        assert app.query_params["run"] == run.id
        assert not app.warning

    @pytest.mark.parametrize("name", ["größe 0.5", "a__b", "<b>x", "x" * 255], ids=label)
    def test_named_and_deleted_and_brought_back(self, runs: Path, name: str) -> None:
        run = named(runs, name)
        app = open_page("start", run=name)
        act(labelled(app.text_input, "Name of this run").set_value("mine"))
        assert Run(run.path).metadata.name == "mine"
        press(app, "Delete this run")
        assert RunStore(runs, runs / "none").list() == []
        act(app.button(key=f"undo-{run.id}").click())
        assert Run(run.path).metadata.deleted == 0.0


class TestUnreadable:
    def test_the_menu_names_them(self, runs: Path) -> None:
        named(runs, "good")
        (named(runs, "**half**").path / "config.json").write_text("{")
        said = words(open_page("start", run="good"))
        assert "Not in the list" in said
        assert "\\*\\*half\\*\\*" in said

    def test_none_where_all_can_be_read(self, runs: Path) -> None:
        named(runs, "good")
        assert "Not in the list" not in words(open_page("start", run="good"))

    @pytest.mark.usefixtures("browser")
    def test_strangers_hear_nothing_of_them(self, runs: Path, shipped: list[Run]) -> None:
        (named(runs, "half").path / "config.json").write_text("{")
        assert json.dumps("half") not in words(open_page("start"))
        assert "Not in the list" not in words(open_page("start"))
