"""A link brings back what was seen of a GAN and of a classifier, in a fresh session."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run
from tests.kinds import Kinds
from tests.pages.driving import act, labelled, open_page, press
from tests.pages.pen import draw, stroke
from tests.pages.shown import words
from tests.pages.test_links_generate import Change, choose, shown, slide

Way = tuple[str, str, str, list[Change]]
SIZES = [*slide(Rows=2, Columns=3), choose("text_input", "Seed", "7")]
WAYS: dict[str, Way] = {
    "grid": ("gan-dense", "generate", "grid", SIZES),
    "manifold": ("gan-dense", "generate", "manifold", [choose("selectbox", "Up", 3)]),
    "walk": ("gan-dense", "generate", "animation", [choose("text_input", "Seed", "4")]),
    "seed of a plane": ("gan-dense", "latent", "map", [choose("text_input", "Seed", "5")]),
    "dimensions of a plane": (
        *("gan-dense", "latent", "map"),
        [
            choose("segmented_control", "Plane", "Two dimensions"),
            choose("selectbox", "Up", 2),
        ],
    ),
    "path": (
        *("gan-dense", "latent", "path"),
        [
            choose("text_input", "From sample", "3"),
            choose("text_input", "To sample", "8"),
            choose("segmented_control", "Path", "Great circle"),
            *slide(Steps=5),
        ],
    ),
    "test image": (
        *("classifier-dense", "latent", "draw"),
        [
            choose("segmented_control", "Picture", "Test image"),
            choose("text_input", "Test image", "12"),
        ],
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_fresh_session_shows_the_same(name: str, kinds: Kinds, runs: Path) -> None:
    kind, page, view, changes = WAYS[name]
    copy_run(kinds[kind], runs / "run")
    app = open_page(page, view=view, run="run")
    first = shown(app)
    for change in changes:
        act(change(app))
    assert shown(app) != first
    again = open_page(page, **app.query_params)
    assert shown(again) == shown(app)
    assert again.query_params == app.query_params


def test_noise_and_a_drawing_for_a_classifier(kinds: Kinds, runs: Path) -> None:
    def seen(app: AppTest) -> tuple[str, list[str]]:
        return words(app), [image.url for each in app.image for image in each.proto.imgs]

    copy_run(kinds["classifier-dense"], runs / "run")
    app = open_page("latent", view="draw", run="run")
    before = seen(app)
    assert (drawn := seen(draw(app, stroke()))) != before
    assert seen(open_page("latent", **app.query_params)) == drawn
    act(labelled(app.segmented_control, "Picture").set_value("Noise"))
    noise = seen(press(app, "New noise"))
    assert "drawing" not in app.query_params  # it is not what is seen
    assert seen(open_page("latent", **app.query_params)) == noise
