"""A link to a view of Latent brings back what was seen: each choice is made by the user first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import address
from pages._shared.sent_code import picked_on_map
from tests.conftest import copy_run
from tests.pages.driving import act, calm, labelled, open_page
from tests.pages.latent_acts import POSITION, TURNED, WAYS, segment, sends, turned
from tests.pages.shown import component, components, words
from vae.runs.run import Run

# Those that show something of a view, and the data that they find by an id.
COMPONENTS = "map-", "cloud", "draw-", "path-", "posterior-", "image-costs-", "feed-"


@pytest.fixture
def wide(wide_run: Run, runs: Path) -> Run:
    return copy_run(wide_run, runs / "wide")


def observed(app: AppTest) -> dict[str, Any]:
    """What a view shows: its words, its pictures, and what its components were given."""
    known = components(app)
    mounted = {key: component(app, key) for key in known if key.startswith(COMPONENTS)}
    for data in mounted.values():
        data.pop("visit", None)
    strips = [each.proto.body for each in app.main.get("html") if "base64," in each.proto.body]
    images = [shown.url for each in app.image for shown in each.proto.imgs]
    fields = {each.label: each.value for each in (*app.text_input, *app.segmented_control)}
    return {"words": words(app), "strips": strips, "images": images, "fields": fields, **mounted}


def shown_camera(app: AppTest) -> dict[str, Any]:
    (chart,) = app.main.get("plotly_chart")
    return json.loads(chart.proto.spec)["layout"]["scene"]["camera"]


@pytest.mark.parametrize("name", WAYS)
def test_a_fresh_session_shows_the_same(
    name: str, wide: Run, finished_run: Run, runs: Path
) -> None:
    copy_run(finished_run, runs / "other")
    view, acts = WAYS[name]
    app = open_page("latent", view=view, run=wide.id)
    first = observed(app)
    for each in acts:
        app = each(app)
    assert observed(app) != first
    link = dict(app.query_params)
    again = open_page("latent", **link)
    assert observed(again) == observed(app)
    assert again.query_params == link


def test_back_undoes_what_was_picked(wide: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("latent")
    before, link = observed(app), dict(app.query_params)
    app = sends("map-wide", selection=POSITION, shown={"layers": ["images"], "hidden": [3]})(app)
    assert app.query_params["picked"] == "0.25_-1.5"
    app.query_params.clear()
    app.query_params.update(link)
    with monkeypatch.context() as patch:
        patch.setattr(address, "_is_back_or_forward", lambda: True)
        app = calm(app.run())
    assert observed(app) == before
    # The same place is picked once more: with another moment it is news.
    app.session_state["map-wide"]["selection"] = {
        **POSITION,
        "plane": before["map-wide"]["plane"],
        "at": 2,
    }
    assert calm(app.run()).query_params["picked"] == "0.25_-1.5"


def test_the_camera_of_a_cloud_in_space(wide: Run) -> None:
    app = segment("Dimensions", 3)(open_page("latent", view="projections"))
    first = shown_camera(app)
    app = turned(TURNED)(app)
    # A chart that got another camera would be drawn anew, under the hand that turns it.
    assert shown_camera(app) == first
    link = dict(app.query_params)
    assert shown_camera(open_page("latent", **link)) == TURNED
    # One of dots of another size is drawn anew, and stays turned.
    app = act(labelled(app.slider, "Point size").set_value(8.5))
    assert shown_camera(app) == TURNED


def test_a_code_that_was_sent(wide: Run) -> None:
    app = open_page("latent")
    code = [0.5] * wide.config.latent_dim
    app.session_state[picked_on_map(wide)] = {"kind": "code", "code": code}
    app = calm(app.run())
    assert app.query_params["picked"] == "code_" + "_".join(["0.5"] * len(code))
    assert observed(open_page("latent", **app.query_params)) == observed(app)


# By what stays of a link: others in which nothing more can be read.
UNREADABLE: dict[str, list[dict[str, str]]] = {
    "view=map": [
        {"picked": "<b>"},
        {"picked": "1_2_3"},
        {"picked": "inf_nan"},
        {"picked": "code_1"},
        {"picked": "many_eNpjYGBgAAAABAAB"},
        {"picked": "many_é"},
        {"zoom": "1_2"},
        {"zoom": "nan_0_inf"},
        {"zoom": "0_0_-1"},
        {"zoom": "0_0_1e-9"},
        {"layers": "dots dots"},
        {"hide": "10"},
    ],
    "view=map&plane=two-dimensions": [
        {"across": "z99", "at": "x"},
    ],
    "view=map&plane=three-pictures": [
        {"first": "-1", "second": "1e3"},
    ],
    "view=path": [
        {"from": "360", "steps": "26", "path": "round", "to-code": "x"},
    ],
    "view=dimensions": [
        {"around": "", "image": "x", "all": "1"},
    ],
    "view=projections": [
        {"picked": "many_x"},
        {"sides": "4-d", "size": "nan", "opacity": "2", "picked": "9" * 99},
    ],
    "view=projections&sides=3-d": [
        {"camera": "1_2_3"},
        {"camera": "_".join(["nan"] * 9)},
        {"camera": "_".join(["0"] * 9)},
    ],
    "view=draw": [
        {"picture": "photo", "image": "x", "seed": "-1"},
    ],
}


@pytest.mark.parametrize("kept", UNREADABLE)
def test_what_cannot_be_read_is_as_at_first(
    kept: str, wide: Run, finished_run: Run, runs: Path
) -> None:
    copy_run(finished_run, runs / "other")
    usual = dict(parse_qsl(kept))
    first = observed(open_page("latent", run=wide.id, **usual))
    for unreadable in UNREADABLE[kept]:
        assert observed(open_page("latent", run=wide.id, **usual, **unreadable)) == first, (
            unreadable
        )
