"""A link brings back what was seen: each view of Generate and of Evaluate, in a fresh session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.driving import act, labelled, open_page, press
from tests.pages.shown import component, picture_called, table_of_bars, words
from vae.runs.run import SHIPPED, Run, open_run

Change = Callable[[AppTest], Any]


def slide(**values: float) -> list[Change]:
    """Move sliders, named by their labels."""

    def to(label: str, value: float) -> Change:
        return lambda app: labelled(app.slider, label.replace("_", " ")).set_value(value)

    return [to(label, value) for label, value in values.items()]


def choose(kind: str, label: str, value: Any) -> Change:
    return lambda app: labelled(getattr(app, kind), label).set_value(value)


def shown(app: AppTest) -> list[str]:
    """Every picture of a view: their files are named by what is in them; and all other HTML."""
    pictures = [image.url for each in app.image for image in each.proto.imgs]
    drawn = [each.proto.body for each in app.main.get("html")]
    mounted = [each.proto.json for each in app.main.get("bidi_component")]
    return pictures + drawn + mounted


VIEWS: dict[str, list[Change]] = {
    "grid": [
        *slide(Rows=3, Columns=4, Temperature=0.35),
        choose("select_slider", "Truncation (σ)", 1.5),
        choose("text_input", "Seed", "7"),
    ],
    "samplers": [choose("text_input", "Seed", "9"), choose("selectbox", "Class", 3)],
    "manifold": [
        choose("selectbox", "Across", 2),
        choose("selectbox", "Up", 1),
        *slide(Images_a_side=6),
    ],
    "arithmetic": [
        choose("selectbox", "A", "Class mean"),
        choose("selectbox", "+ C", "Sample"),
        choose("selectbox", "Class", 4),
        choose("text_input", "Seed", "11"),
        choose("slider", "How much of A − B", 0.55),
    ],
    "animation": [
        choose("segmented_control", "Sampler", "mixture"),
        *slide(Stops=3, Frames=12, Frames_a_second=5),
        choose("text_input", "Seed", "4"),
        lambda app: labelled(app.toggle, "Loop").set_value(False),
    ],
}


@pytest.mark.usefixtures("sampled")
@pytest.mark.parametrize("view", VIEWS)
def test_a_fresh_session_shows_the_same(view: str) -> None:
    first = shown(app := open_page("generate", view=view))
    for change in VIEWS[view]:
        act(change(app))
    changed = shown(app)
    assert changed != first
    assert shown(open_page("generate", **app.query_params)) == changed


@pytest.mark.usefixtures("sampled")
@pytest.mark.parametrize("view", [*VIEWS, "by-hand"])
@pytest.mark.parametrize("value", ["x", "-7", "99999999999", "5.5.5", ""])
def test_what_cannot_be_read_is_as_at_first(view: str, value: str) -> None:
    names = ("rows", "seed", "temperature", "truncation", "sampler", "of", "tile", "across", "up")
    names += ("side", "a", "b", "c", "a-class", "amount", "walk", "stops", "frames", "loop", "z")
    app = open_page("generate", view=view, **dict.fromkeys(names, value))
    assert not app.error
    assert shown(app) == shown(open_page("generate", view=view))


def test_the_picked_image(run: Run) -> None:
    app = open_page("generate", view="grid")
    mark = component(app, f"grid-{run.id}")["grid"]
    app.session_state[f"grid-{run.id}"] = {"selection": {"grid": mark, "index": 6}}
    act(app)
    assert app.query_params["tile"] == "6"
    act(labelled(app.segmented_control, "Look closer").set_value("Nearest training images"))
    again = open_page("generate", **app.query_params)
    assert "row 1, column 7" in words(again)
    assert component(again, f"grid-{run.id}")["selected"] == 6
    assert picture_called(again, "The training images nearest in pixels")
    press(again, "Close")
    assert "tile" not in again.query_params
    assert "Pick an image" in words(again)
    assert component(again, f"grid-{run.id}")["selected"] is None


def test_the_sliders_of_the_picked_image(run: Run) -> None:
    grid, sliders = f"grid-{run.id}", f"tile-sliders-{run.id}"
    app = open_page("generate", view="grid", tile="6")
    first = component(app, sliders)
    values = [*first["z"]]
    values[0], values[1] = -2.35, 0.1
    app.session_state[sliders] = {"z": {"generation": first["generation"], "values": values}}
    act(app)
    link = dict(app.query_params)
    assert component(app, sliders)["image"] != first["image"]
    again = open_page("generate", **link)
    for name in ("z", "image"):
        assert component(again, sliders)[name] == component(app, sliders)[name]
    assert again.query_params == link
    # Another image of the grid begins as it is.
    mark = component(again, grid)["grid"]
    again.session_state[grid] = {"selection": {"grid": mark, "index": 7}}
    act(again)
    assert "moved" not in again.query_params


@pytest.mark.parametrize("moved", ["x", "1", "99_1", "0_nan", ""])
def test_sliders_that_cannot_be_read(run: Run, moved: str) -> None:
    app = open_page("generate", view="grid", tile="6", moved=moved)
    assert not app.error
    assert shown(app) == shown(open_page("generate", view="grid", tile="6"))


def test_the_sliders_to_the_last_digit(run: Run) -> None:
    app = press(open_page("generate", view="by-hand"), "Random code")
    key = f"sliders-{run.id}"
    again = open_page("generate", **app.query_params)
    assert component(again, key)["z"] == component(app, key)["z"]
    assert component(again, key)["image"] == component(app, key)["image"]
    press(again, "Reset")
    assert "z" not in again.query_params


@pytest.mark.usefixtures("shipped")
def test_the_likelihood_beside_that_of_built_in_models() -> None:
    app = open_page("evaluate", view="likelihood", run="mnist-recommended")
    found = open_run(SHIPPED / "mnist-recommended").likelihood["none"]
    bars = table_of_bars(app, "Negative log-likelihood of this run and others, nats per image")
    assert bars["This run, by its ELBO"] == [round(-found["elbo"], 1)]
    assert bars["This run"] == [round(found["nll"], 1)]
    assert "Convolutional" in bars
    assert [*bars.values()] == sorted(bars.values())


@pytest.mark.usefixtures("run")
def test_what_a_likelihood_is_to_be_of() -> None:
    app = open_page("evaluate", view="likelihood")
    act(labelled(app.selectbox, "Test images").select_index(1))
    act(labelled(app.text_input, "Importance samples per image").set_value("64"))
    again = open_page("evaluate", **app.query_params)
    assert labelled(again.selectbox, "Test images").index == 1
    assert labelled(again.text_input, "Importance samples per image").value == "64"
