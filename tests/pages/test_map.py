"""The Latent page's map: planes, picks and closer looks, as the browser asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._components.latent_map import as_base64
from pages._shared.linked_code import code_text, read_code
from pages._shared.maps.map_data import PlanePoints, points_on_plane, usual_plane
from tests.conftest import copy_run
from tests.pages.crafted import spoil_latents
from tests.pages.driving import act, calm, go, labelled, open_page, picker, press
from tests.pages.map_page import pick
from tests.pages.shown import component, words
from vae.latent.planes import dimension_plane, pca_plane, picture_plane
from vae.runs.run import Run


def as_linked(code: np.ndarray) -> np.ndarray | None:
    """A code with as many digits as a link of it has."""
    return read_code(code_text(code), len(code))


def shown_plane(app: AppTest, run: Run) -> str:
    return component(app, f"map-{run.id}")["plane"]


def same(app: AppTest, run: Run, positions: PlanePoints) -> bool:
    return shown_plane(app, run) == positions.id


class TestViews:
    def test_the_map_comes_first_and_the_address_holds_the_view(self, run: Run) -> None:
        app = open_page("latent")
        assert app.query_params["view"] == "map"
        act(labelled(app.segmented_control, "View").set_value("Path"))
        assert app.query_params["view"] == "path"
        assert "steps from test image" in words(app)

    def test_a_link_to_a_view(self, run: Run) -> None:
        assert labelled(open_page("latent", view="draw").segmented_control, "View").value == "Draw"

    def test_a_wrong_link_shows_the_map(self, run: Run) -> None:
        app = open_page("latent", view="<b>nonsense</b>")
        assert labelled(app.segmented_control, "View").value == "Map"

    def test_it_persists_from_page_to_page(self, run: Run) -> None:
        app = open_page("latent", view="path")
        go(app, "start")
        go(app, "latent")
        assert labelled(app.segmented_control, "View").value == "Path"
        assert app.query_params["view"] == "path"

    def test_without_a_run(self) -> None:
        assert "There is no run yet" in words(open_page("latent"))

    def test_codes_that_are_no_numbers(self, run: Run) -> None:
        spoil_latents(run)
        assert "This run diverged: its codes are not finite numbers." in words(open_page("latent"))


class TestPlanes:
    def test_two_dimensions(self, run: Run) -> None:
        app = open_page("latent")
        frame = component(app, "map-finished")
        positions = points_on_plane(run, dimension_plane(2, 0, 1))
        assert (frame["names"], frame["isLine"]) == (["z1", "z2"], False)
        assert same(app, run, positions)
        points = component(app, "feed-map-finished-points")
        assert points["xy"] == as_base64(positions.points)
        np.testing.assert_array_equal(positions.points, run.latents["mean"])
        assert points["labels"] == as_base64(run.latents["y"].astype(np.uint8))

    def test_the_other_way_round(self, run: Run) -> None:
        app = act(labelled(open_page("latent").selectbox, "Across").set_value(1))
        assert labelled(app.selectbox, "Up").options == ["z1"]
        assert same(app, run, points_on_plane(run, dimension_plane(2, 1, 0)))

    def test_pca_of_many(self, wide: Run) -> None:
        app = open_page("latent")
        assert same(app, wide, points_on_plane(wide, pca_plane(wide.latents["mean"])))
        assert "PC1 (" in component(app, "map-wide")["names"][0]

    def test_others_held_at_a_test_image(self, wide: Run) -> None:
        app = act(labelled(open_page("latent").segmented_control, "Plane").set_value(
            "Two dimensions"))  # fmt: skip
        act(labelled(app.selectbox, "Up").set_value(39))
        assert same(app, wide, points_on_plane(wide, dimension_plane(40, 0, 39)))
        act(labelled(app.selectbox, "Others at").set_value("A test image"))
        act(labelled(app.text_input, "Test image").set_value("7"))
        held = dimension_plane(40, 0, 39, wide.latents["mean"][7])
        assert same(app, wide, points_on_plane(wide, held))

    def test_others_held_at_what_is_picked(self, wide: Run) -> None:
        app = act(labelled(open_page("latent").segmented_control, "Plane").set_value(
            "Two dimensions"))  # fmt: skip
        pick(app, wide, "image", index=5)
        act(labelled(app.selectbox, "Others at").set_value("The picked point"))
        held = dimension_plane(40, 0, 1, as_linked(wide.latents["mean"][5]))
        assert same(app, wide, points_on_plane(wide, held))
        pick(app, wide, "image", index=9)
        held = dimension_plane(40, 0, 1, as_linked(wide.latents["mean"][9]))
        assert same(app, wide, points_on_plane(wide, held))

    def test_choices_persist(self, wide: Run) -> None:
        app = act(labelled(open_page("latent").segmented_control, "Plane").set_value(
            "Two dimensions"))  # fmt: skip
        act(labelled(app.selectbox, "Up").set_value(39))
        go(app, "start")
        go(app, "latent")
        assert same(app, wide, points_on_plane(wide, dimension_plane(40, 0, 39)))

    def test_the_picked_picture_is_one_of_three(self, wide: Run) -> None:
        app = act(labelled(open_page("latent").segmented_control, "Plane").set_value(
            "Three pictures"))  # fmt: skip
        second, third = (int(labelled(app.text_input, f"{name} picture").value)
                         for name in ("Second", "Third"))  # fmt: skip
        pick(app, wide, "image", index=77)
        press(app, "Take the picked one")
        plane = picture_plane(wide.latents["mean"][[second, third, 77]])
        assert same(app, wide, points_on_plane(wide, plane))

    def test_three_pictures(self, wide: Run) -> None:
        app = act(labelled(open_page("latent").segmented_control, "Plane").set_value(
            "Three pictures"))  # fmt: skip
        act(labelled(app.text_input, "Second picture").set_value("300"))
        first, third = (int(labelled(app.text_input, f"{name} picture").value)
                        for name in ("First", "Third"))  # fmt: skip
        y = wide.latents["y"]
        assert len({y[first], y[third]}) == 2
        plane = picture_plane(wide.latents["mean"][[first, 300, third]])
        assert same(app, wide, points_on_plane(wide, plane))

    def test_three_times_the_same_picture(self, wide: Run) -> None:
        app = act(labelled(open_page("latent").segmented_control, "Plane").set_value(
            "Three pictures"))  # fmt: skip
        for name in ("First", "Second"):
            third = labelled(app.text_input, "Third picture").value
            act(labelled(app.text_input, f"{name} picture").set_value(third))
        (error,) = app.error
        assert "A plane needs three pictures whose codes are not on one line." in error.value

    def test_a_line(self, line_run: Run, runs: Path) -> None:
        run = copy_run(line_run, runs / "line")
        app = open_page("latent")
        frame = component(app, "map-line")
        assert frame["isLine"]
        assert "a line" in words(app)
        atlas = component(app, "feed-map-line-atlas")
        assert (atlas["rows"], atlas["columns"]) == (1, 48)
        assert same(app, run, points_on_plane(run, usual_plane(run)))
        pick(app, run, "place", x=0.5, y=2.0)
        assert "The image decoded here" in words(app)

    def test_color_images_in_64_dimensions(self, color_run: Run) -> None:
        app = open_page("latent")
        atlas = component(app, f"feed-map-{color_run.id}-atlas")
        assert (atlas["columns"], atlas["rows"]) == (32, 32)  # 2,048 pixels are enough
        pick(app, color_run, "image", index=3)
        name = color_run.class_names[color_run.latents["y"][3]]
        assert f"est image 3, class {name}" in words(app)

    def test_each_run_has_its_own(self, wide: Run, run: Run) -> None:
        app = open_page("latent", run="wide")
        act(labelled(app.segmented_control, "Plane").set_value("Three pictures"))
        act(picker(app).set_value(run.id))
        assert same(app, run, points_on_plane(run, dimension_plane(2, 0, 1)))


class TestStyle:
    def test_a_dot_under_the_pointer(self, run: Run) -> None:
        app = open_page("latent")
        app.session_state["map-finished-hover"] = 9
        answer = component(calm(app.run()), "map-finished")["answer"]
        assert (answer["index"], answer["text"]) == (9, "test image 9 and its reconstruction")
        expected = np.diag(np.exp(run.latents["log_var"][9].astype(float)))
        np.testing.assert_allclose(answer["covariance"], expected, rtol=1e-5, atol=1e-8)

    @pytest.mark.parametrize("wanted", [360, -1, "x", None, 1.5])
    def test_a_dot_that_there_is_not(self, run: Run, wanted: Any) -> None:
        app = open_page("latent")
        app.session_state["map-finished-hover"] = wanted
        assert "answer" not in component(calm(app.run()), "map-finished")

    def test_a_zoomed_view_has_an_atlas_of_its_own(self, run: Run) -> None:
        app = open_page("latent")
        plane = shown_plane(app, run)
        before = component(app, "map-finished")["feeds"]["atlas"]
        closer = {"left": -0.5, "right": 0.5, "bottom": -0.25, "top": 0.75}
        app.session_state["map-finished-atlas"] = closer | {"plane": plane}
        app = calm(app.run())
        assert component(app, "map-finished")["feeds"]["atlas"] != before
        assert component(app, "feed-map-finished-atlas")["extent"] == closer
        # Everything but the images stays as it was.
        assert component(app, "map-finished")["plane"] == plane

    @pytest.mark.parametrize(
        "view",
        [
            {"left": 0.0, "right": 1e-9, "bottom": 0.0, "top": 1e-9},
            {"left": -1e9, "right": 1e9, "bottom": -1e9, "top": 1e9},
            {"left": float("nan"), "right": 1.0, "bottom": 0.0, "top": 1.0},
            {"left": 1.0, "right": 0.0, "bottom": 0.0, "top": 1.0},
            {"left": "x"},
            7,
        ],
    )
    def test_a_style_that_there_is_not(self, run: Run, view: Any) -> None:
        app = open_page("latent")
        whole = component(app, "feed-map-finished-atlas")["extent"]
        plane = {"plane": shown_plane(app, run)}
        for part in ("view", "atlas"):
            sent = view | plane if isinstance(view, dict) else view
            app.session_state[f"map-finished-{part}"] = sent
        assert component(calm(app.run()), "feed-map-finished-atlas")["extent"] == whole
