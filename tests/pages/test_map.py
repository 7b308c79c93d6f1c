"""The Latent page's map: planes, picks and closer looks, as the browser asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._components.latent_map import as_base64
from pages._shared.linked_code import code_text, read_code
from pages.latent.map_data import PlanePoints, points_on_plane, usual_plane
from tests.conftest import copy_run, say_learned
from tests.pages.conftest import (
    act,
    calm,
    component,
    go,
    labelled,
    open_page,
    picker,
    picture_called,
    press,
    shows,
    untrained,
    words,
)
from tests.pages.crafted import spoil_latents
from vae.data.datasets import Dataset, load_dataset
from vae.images import tile, to_uint8
from vae.latent.density import hole_mask, log_density_ratio, posteriors_of
from vae.latent.neighbours import nearest_images
from vae.latent.planes import dimension_plane, pca_plane, picture_plane
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter


@pytest.fixture
def wide(wide_run: Run, runs: Path) -> Run:
    return copy_run(wide_run, runs / "wide")


def send(app: AppTest, run: Run, **state: Any) -> AppTest:
    """Have the browser send something from the map."""
    key = f"map-{run.id}"
    app.session_state[key] = {"selection": None, **state}
    return calm(app.run())


def pick(app: AppTest, run: Run, kind: str, **what: Any) -> AppTest:
    plane = component(app, f"map-{run.id}")["plane"]
    return send(app, run, selection={"kind": kind, "plane": plane, **what})


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

    def test_color_images_in_64_dimensions(
        self, runs: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        random = np.random.default_rng(0)
        x, y = random.integers(256, size=(40, 64, 64, 3), dtype=np.uint8), np.arange(40) % 2
        halves = x[:20], y[:20].astype(np.uint8), x[20:], y[20:].astype(np.uint8)
        data = Dataset("mine", "Mine", *halves, ("a", "b"), "drawn")
        made = untrained(data, tmp_path_factory.mktemp("colours"), latent_dim=64)
        run = copy_run(made, runs / "colours")
        app = open_page("latent")
        atlas = component(app, "feed-map-colours-atlas")
        assert (atlas["columns"], atlas["rows"]) == (32, 32)  # 2,048 pixels are enough
        pick(app, run, "image", index=3)
        assert "est image 3, class b" in words(app)

    def test_each_run_has_its_own(self, wide: Run, run: Run) -> None:
        app = open_page("latent", run="wide")
        act(labelled(app.segmented_control, "Plane").set_value("Three pictures"))
        act(picker(app).set_value(run.id))
        assert same(app, run, points_on_plane(run, dimension_plane(2, 0, 1)))


class TestPicks:
    def test_a_position_is_decoded_exactly(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = pick(open_page("latent"), run, "place", x=0.25, y=-1.5)
        code = np.array([[0.25, -1.5]])
        shown = pictures[picture_called(app, "The image decoded here")]
        assert shows(shown, to_uint8(run.decode(code))[0])
        indices, distances = nearest_images(run, code[0], 10)
        near = pictures[picture_called(app, "Nearest test images")]
        assert shows(near, tile(load_dataset("digits").x_test[indices], 2, 5))
        assert f"{distances[0]:.2f} to {distances[-1]:.2f} away" in words(app)
        frame = component(app, "map-finished")
        assert (frame["pin"], frame["neighbours"]) == ([0.25, -1.5], indices.tolist())
        assert frame["pinned"]["text"] == "decoded exactly"

    def test_an_image(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = pick(open_page("latent"), run, "image", index=17)
        mean = run.latents["mean"][17]
        pair = np.stack([load_dataset("digits").x_test[17], to_uint8(run.decode(mean[None]))[0]])
        shown = pictures[picture_called(app, "Test image 17 and its reconstruction")]
        assert shows(shown, tile(pair, 1, 2))
        frame = component(app, "map-finished")
        np.testing.assert_allclose(frame["pin"], mean)
        assert 17 not in frame["neighbours"]
        assert len(frame["neighbours"]) == 10

    def test_an_image_stays_picked_on_another_plane(self, wide: Run) -> None:
        app = pick(open_page("latent"), wide, "image", index=5)
        act(labelled(app.segmented_control, "Plane").set_value("Two dimensions"))
        frame = component(app, "map-wide")
        np.testing.assert_allclose(frame["pin"], wide.latents["mean"][5, :2], rtol=1e-5)

    def test_a_position_belongs_to_its_plane(self, wide: Run) -> None:
        app = pick(open_page("latent"), wide, "place", x=0.0, y=0.0)
        assert "The image decoded here" in words(app)
        act(labelled(app.segmented_control, "Plane").set_value("Two dimensions"))
        assert "pin" not in component(app, "map-wide")
        assert "Move over the map." in words(app)

    def test_a_selection_has_a_mean(self, run: Run, pictures: dict[str, bytes]) -> None:
        chosen = [3, 8, 8, 200]
        app = pick(open_page("latent"), run, "selection", indices=chosen)
        x = load_dataset("digits").x_test[[3, 8, 200]]
        centre = run.latents["mean"][[3, 8, 200]].mean(axis=0, keepdims=True)
        pair = np.concatenate([np.rint(x.mean(axis=0))[None], to_uint8(run.decode(centre))])
        text = "The mean of the images, and the image decoded from the mean of their codes."
        assert shows(pictures[picture_called(app, text)], tile(pair.astype(np.uint8), 1, 2))
        assert "3 test images selected" in words(app)

    def test_far_outside(self, run: Run) -> None:
        app = pick(open_page("latent"), run, "place", x=40.0, y=-90.0)
        assert "98.49 from the prior's mean" in words(app)
        pick(app, run, "place", x=1e9, y=0.0)
        assert "Move over the map." in words(app)

    @pytest.mark.parametrize("kind", ["vae", "autoencoder"])
    def test_a_hole_is_named(
        self, kind: str, finished_run: Run, autoencoder_run: Run, runs: Path
    ) -> None:
        run = copy_run({"vae": finished_run, "autoencoder": autoencoder_run}[kind], runs / kind)
        # On one side of 0, and sure of each image: the other side of the prior is empty.
        latents = run.latents
        mean = 0.2 * latents["mean"] / latents["mean"].std(axis=0) + 0.8
        narrow = np.full_like(mean, -6.0)
        RunWriter(run.path).arrays("latents.npz", y=latents["y"], mean=mean, log_var=narrow)
        run = open_run(run.path)
        plane = usual_plane(run)
        points = points_on_plane(run, plane).extent.grid(20, 20)
        log_ratio = log_density_ratio(plane.codes(points), posteriors_of(run))
        holes = hole_mask(plane, points, log_ratio)
        app = open_page("latent")
        for hole in (True, False):
            x, y = points[np.flatnonzero(holes == hole)[0]]
            pick(app, run, "place", x=float(x), y=float(y))
            assert ("A hole: this place is likely under the prior" in words(app)) == hole

    @pytest.mark.parametrize(
        "nonsense",
        [
            *("text", 7, [], {}, {"kind": "image"}),
            {"kind": "image", "plane": "x", "index": 360},
            {"kind": "image", "plane": "x", "index": -400},
            {"kind": "image", "plane": "x", "index": "two"},
            {"kind": "place", "plane": "x", "x": 0.0, "y": 0.0},
            {"kind": "selection", "plane": "x", "indices": [-1, 9999]},
            {"kind": "selection", "plane": "x", "indices": [[1], [2, 3]]},
        ],
    )
    def test_what_a_browser_should_not_send(self, run: Run, nonsense: Any) -> None:
        app = send(open_page("latent"), run, selection=nonsense)
        assert "Move over the map." in words(app)

    def test_a_position_that_is_no_number(self, run: Run) -> None:
        app = pick(open_page("latent"), run, "place", x=float("nan"), y=0.0)
        assert "Move over the map." in words(app)

    def test_without_the_data_set(self, run: Run, pictures: dict[str, bytes]) -> None:
        say_learned(run.path, "mnist")
        app = pick(open_page("latent"), run, "image", index=0)
        assert (
            "The image itself cannot be shown: it needs the images of MNIST, which are not on this"
            in words(app)
        )
        shown = pictures[picture_called(app, "Test image 0 and its reconstruction")]
        assert shows(shown, to_uint8(run.decode(run.latents["mean"][:1]))[0])
        assert "Reconstructions, the nearest first" in words(app)


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
        app.session_state["map-finished-view"] = closer | {"plane": plane}
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
        app.session_state["map-finished-view"] = view | plane if isinstance(view, dict) else view
        assert component(calm(app.run()), "feed-map-finished-atlas")["extent"] == whole
