"""Projections: PCA and t-SNE in two and three dimensions, and one test image closely."""

from __future__ import annotations

import base64
import io
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from pages._shared.plain import plain
from pages.latent import projection_map
from tests.archive.zips import pack, take, unpack
from tests.conftest import copy_run, say_learned, wait_until
from tests.pages.conftest import (
    act,
    alternatives,
    calm,
    chart,
    charts,
    component,
    components,
    go,
    labelled,
    numbers,
    open_page,
    picker,
    picture,
    picture_called,
    press,
    shows,
    tell,
    words,
)
from tests.pages.doubles import Processes
from tests.pages.test_draw import open_colours
from vae.archive.archive import export_zip
from vae.data.datasets import Dataset
from vae.figures.colors import class_color
from vae.files import read_json, write_json
from vae.images import tile, to_uint8
from vae.latent.projections import compute_tsne, project_pca, read_tsne
from vae.runs.run import Run
from vae.runs.writer import RunWriter
from vae.server.tickets import Ticket

__all__ = ["open_colours"]


def see(**address: str) -> AppTest:
    return open_page("latent", view="projections", **address)


def board(app: AppTest, run: Run) -> dict[str, Any]:
    """What the board of dots was given."""
    return component(app, f"cloud-{run.id}")


def fed(app: AppTest, run: Run, name: str) -> dict[str, Any]:
    return component(app, f"feed-cloud-{run.id}-{name}")


def points(app: AppTest, run: Run) -> np.ndarray:
    """All dots (N, 2), in the order of the test images."""
    assert fed(app, run, "points")["id"] == board(app, run)["feeds"]["points"]
    return numbers({"bdata": fed(app, run, "points")["xy"], "dtype": "f4"}).reshape(-1, 2)


def tiles(app: AppTest, run: Run, key: str = "cloud") -> np.ndarray:
    """What a dot's picture beside the pointer shows, for each dot: uint8 (N, H, W, C)."""
    content = component(app, f"feed-{key}-{run.id}-tiles")
    sprite = picture(base64.b64decode(content["png"]))
    columns, rows = content["columns"], content["rows"]
    height, width = sprite.shape[0] // rows, sprite.shape[1] // columns
    cut = sprite.reshape(rows, height, columns, width, -1).swapaxes(1, 2)
    return cut.reshape(rows * columns, height, width, -1)


def axes(app: AppTest, run: Run) -> tuple[str, ...]:
    return tuple(board(app, run)["names"])


def project(app: AppTest, kind: str) -> AppTest:
    return act(labelled(app.segmented_control, "Projection").set_value(kind))


def turn_to_space(app: AppTest) -> AppTest:
    return act(labelled(app.segmented_control, "Dimensions").set_value(3))


def pick(app: AppTest, picked: Any) -> AppTest:
    """Pick as the browser does."""
    app.session_state["projection_selection"] = picked
    return calm(app.run())


def image_number(app: AppTest) -> Any:
    return labelled(app.text_input, "Test image")


@pytest.fixture
def wide(wide_run: Run, runs: Path) -> Run:
    return copy_run(wide_run, runs / "wide")


class TestProjection:
    def test_pca(self, wide: Run) -> None:
        app = see()
        expected = project_pca(wide)
        assert axes(app, wide) == expected.axes
        np.testing.assert_allclose(np.abs(points(app, wide)), np.abs(expected.points), atol=1e-4)
        bars, line = component(app, "variance")["data"]
        assert len(bars["x"]) == 40
        np.testing.assert_allclose(numbers(bars["y"]), 100 * expected.variance)
        assert numbers(line["y"])[-1] == pytest.approx(100)
        assert "Each place of this plane belongs to a code: the Map decodes them" in words(app)
        extent = board(app, wide)["extent"]
        for axis, (low, high) in enumerate([("left", "right"), ("bottom", "top")]):
            assert extent[low] < points(app, wide)[:, axis].min()
            assert extent[high] > points(app, wide)[:, axis].max()

    def test_the_reconstruction_of_each_dot_is_in_the_browser(self, run: Run) -> None:
        app = see()
        expected = to_uint8(run.decode(run.latents["mean"]))
        np.testing.assert_array_equal(tiles(app, run)[: len(expected)], expected)
        assert fed(app, run, "tiles")["id"] == board(app, run)["feeds"]["tiles"]

    def test_tiles_too_large_for_one_picture_are_smaller(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # 360 dots take 19 tiles of 8 pixels in a row: twice as many as there is room for.
        monkeypatch.setattr(projection_map, "MAX_PIXELS", 19 * 4)
        app = see()
        images = run.decode(run.latents["mean"]).reshape(360, 4, 2, 4, 2, 1)
        np.testing.assert_array_equal(tiles(app, run)[:360], to_uint8(images.mean(axis=(2, 4))))
        assert "at 1/2 of its size" in words(app)

    def test_pca_in_space(self, autoencoder_run: Run, runs: Path) -> None:
        run = copy_run(autoencoder_run, runs / "space")
        app = turn_to_space(see())
        key = "cloud3d-PCA-space"
        expected = project_pca(run, 3)
        figure = chart(app, f"{key}-chart")
        assert {trace["type"] for trace in figure["data"]} == {"scatter3d"}
        scene = figure["layout"]["scene"]
        names = tuple(scene[f"{axis}axis"]["title"]["text"] for axis in "xyz")
        assert names == expected.axes
        order = np.concatenate([numbers(trace["customdata"]) for trace in figure["data"]])
        found = np.stack(
            [np.concatenate([numbers(trace[axis]) for trace in figure["data"]]) for axis in "xyz"],
            axis=1,
        )[np.argsort(order)]
        np.testing.assert_allclose(np.abs(found), np.abs(expected.points), atol=1e-4)
        # What shows the reconstructions watches this chart, and knows their feed.
        watch = component(app, key)
        assert watch["chart"] == f"{key}-chart"
        assert watch["tiles"] == component(app, f"feed-{key}-tiles")["id"]
        copies = to_uint8(run.decode(run.latents["mean"]))
        np.testing.assert_array_equal(tiles(app, run, "cloud3d-PCA")[: len(copies)], copies)

    def test_two_dimensions_fill_a_plane(self, run: Run) -> None:
        assert labelled(see().segmented_control, "Dimensions").options == ["2-D"]

    def test_a_line_needs_no_projection(self, line_run: Run, runs: Path) -> None:
        copy_run(line_run, runs / "line")
        assert "there is nothing to project" in words(see())

    def test_codes_that_are_all_the_same(self, run: Run) -> None:
        arrays = dict(run.latents) | {"mean": np.ones_like(run.latents["mean"])}
        np.savez(run.path / "latents.npz", **arrays)
        assert "All test images have the same code" in words(see())

    def test_the_choice_outlives_the_view(self, wide: Run, run: Run) -> None:
        app = turn_to_space(see(run="wide"))
        act(app.segmented_control(key="latent_view_control").set_value("Map"))
        act(app.segmented_control(key="latent_view_control").set_value("Projections"))
        assert "cloud3d-PCA-wide-chart" in charts(app)
        # A run without a third dimension shows two; the next one three again.
        act(picker(app).set_value(run.id))
        assert axes(app, run)[0].startswith("PC1")
        act(picker(app).set_value(wide.id))
        assert "cloud3d-PCA-wide-chart" in charts(app)


class TestTsne:
    def test_it_is_computed_beside_the_page(self, wide: Run, processes: Processes) -> None:
        processes.become_real()
        app = project(see(), "t-SNE")
        assert "t-SNE of 360 test images" in words(app)
        with pytest.raises(KeyError):
            board(app, wide)
        assert alternatives(app)[0] == "Test image 0 and its reconstruction"  # is there meanwhile
        wait_until(lambda: not server.queue().is_pending(wide, "tsne"), "t-SNE is done")
        calm(app.run())
        assert axes(app, wide) == ("t-SNE 1", "t-SNE 2")
        np.testing.assert_array_equal(points(app, wide), read_tsne(wide).points)
        assert "A place between two dots belongs to no code" in words(app)
        assert "variance" not in components(app)
        # It stays in the run, in space too.
        figure = chart(turn_to_space(app), "cloud3d-t-SNE-wide-chart")
        order = np.concatenate([numbers(trace["customdata"]) for trace in figure["data"]])
        found = np.concatenate([numbers(trace["z"]) for trace in figure["data"]])
        np.testing.assert_array_equal(found[np.argsort(order)], read_tsne(wide, 3).points[:, 2])

    def test_one_that_fails_is_not_requested_again_until_the_user_does(
        self, wide: Run, processes: Processes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        processes.become_real()
        monkeypatch.setattr(sys, "executable", shutil.which("false"))
        app = project(see(), "t-SNE")
        wait_until(lambda: not server.queue().is_pending(wide, "tsne"), "the worker has ended")
        for _ in range(2):
            calm(app.run())
            (error,) = app.error
            assert error.value.startswith("t-SNE could not be computed: it ended")
            assert not server.queue().is_pending(wide, "tsne")
        asked: list[str] = []
        monkeypatch.setattr(server.queue(), "request", lambda run, action: asked.append(action))
        press(app, "Try again")
        assert asked == ["tsne"]
        assert axes(project(app, "PCA"), wide)[0].startswith("PC1")

    def test_another_model_is_asked_for_anew(self, wide: Run, processes: Processes) -> None:
        """It went on and lost what was computed before: that is no failure."""
        asked = project(see(), "t-SNE")
        assert server.queue().is_pending(wide, "tsne")
        server.queue().tickets.remove(Ticket(wide.id, "tsne"))
        latents = {**wide.latents, "mean": wide.latents["mean"] + 1.0}
        RunWriter(wide.path).outputs(**latents)
        calm(asked.run())
        assert not asked.error
        assert server.queue().is_pending(wide, "tsne")

    def test_a_run_at_work_has_none_yet(self, wide: Run) -> None:
        tell(wide, "training", epoch=0)
        with wide.lock():
            app = project(see(run="wide"), "t-SNE")
            assert "is computed when the run has ended" in words(app)
            assert not server.queue().is_pending(wide, "tsne")


class TestLook:
    def test_size_and_opacity(self, run: Run) -> None:
        app = see()
        labelled(app.slider, "Point size").set_value(9.0)
        labelled(app.slider, "Opacity").set_value(0.25)
        calm(app.run())
        assert (board(app, run)["dot"], board(app, run)["opacity"]) == (4.5, 0.25)

    def test_in_space(self, wide: Run) -> None:
        app = turn_to_space(see())
        labelled(app.slider, "Point size").set_value(10.0)
        labelled(app.slider, "Opacity").set_value(0.25)
        calm(app.run())
        for trace in chart(app, "cloud3d-PCA-wide-chart")["data"]:
            assert (trace["marker"]["size"], trace["marker"]["opacity"]) == (6.0, 0.25)

    def test_classes_have_their_colors(self, run: Run) -> None:
        app = see()
        assert board(app, run)["classes"] == list(run.class_names)
        assert board(app, run)["colors"][3] == class_color(3)
        labels = np.frombuffer(base64.b64decode(fed(app, run, "points")["labels"]), np.uint8)
        np.testing.assert_array_equal(labels, run.latents["y"])


class TestPicked:
    def test_a_typed_number(self, run: Run, digits: Dataset, pictures: dict[str, bytes]) -> None:
        app = see()
        act(image_number(app).set_value("360"))
        assert "from 0 to 359. You typed “360”. Still used: 0." in words(app)
        act(image_number(app).set_value("359"))
        label = run.class_names[digits.y_test[359]]
        assert f"Test image 359, class {label}" in words(app)
        mean = run.latents["mean"][359]
        pair = np.stack([digits.x_test[359], to_uint8(run.decode(mean[None]))[0]])
        shown = pictures[picture_called(app, "Test image 359 and its reconstruction")]
        assert shows(shown, tile(pair, 1, 2))
        assert board(app, run)["pin"] == pytest.approx(points(app, run)[359].tolist())
        distances = np.linalg.norm(run.latents["mean"] - mean, axis=1)
        assert board(app, run)["neighbours"] == np.argsort(distances)[1:11].tolist()

    def test_its_posterior(self, run: Run) -> None:
        app = act(image_number(see()).set_value("5"))
        (trace,) = component(app, "posterior-finished")["data"]
        np.testing.assert_allclose(numbers(trace["y"]), run.latents["mean"][5], rtol=1e-6)
        deviations = np.exp(0.5 * run.latents["log_var"][5])
        np.testing.assert_allclose(numbers(trace["error_y"]["array"]), 2 * deviations, rtol=1e-6)

    def test_a_click_and_a_number_in_turn(self, run: Run) -> None:
        app = pick(see(), {"kind": "image", "index": 17})
        assert image_number(app).value == "17"
        assert alternatives(app)[0] == "Test image 17 and its reconstruction"
        act(image_number(app).set_value("18"))
        assert alternatives(app)[0] == "Test image 18 and its reconstruction"
        pick(app, {"kind": "image", "index": 19})
        assert image_number(app).value == "19"
        # It stays picked in another projection, and when the view is left and entered again.
        go(app, "generate")
        assert image_number(go(app, "latent")).value == "19"

    def test_a_selection(self, run: Run) -> None:
        app = pick(see(), {"kind": "selection", "indices": [5, 3, 9]})
        assert "3 test images selected" in words(app)
        assert board(app, run)["selected"] == [3, 5, 9]
        assert board(app, run)["pin"] is None
        act(image_number(app).set_value("4"))
        assert board(app, run)["selected"] == []
        assert alternatives(app)[0] == "Test image 4 and its reconstruction"

    @pytest.mark.parametrize(
        "picked",
        [
            "x",
            {},
            {"kind": "place", "x": 0.0, "y": 0.0},
            {"kind": "image", "index": 10**9},
            {"kind": "image", "index": "many"},
            {"kind": "selection", "indices": [-1, 10**9]},
            {"kind": "selection", "indices": None},
        ],
    )
    def test_what_no_click_picks(self, run: Run, picked: Any) -> None:
        assert image_number(pick(see(), picked)).value == "0"

    def test_an_autoencoder_has_no_posterior(self, autoencoder_run: Run, runs: Path) -> None:
        copy_run(autoencoder_run, runs / "autoencoder")
        assert "variance" in components(see())

    def test_a_run_with_fewer_images(self, run: Run, convolutional_run: Run, runs: Path) -> None:
        stripes = copy_run(convolutional_run, runs / "stripes")
        app = act(image_number(see(run="finished")).set_value("300"))
        act(picker(app).set_value("stripes"))
        assert image_number(app).value == "0"
        assert len(points(app, stripes)) == 40
        assert tiles(app, stripes).shape[1:] == (12, 9, 3)

    def test_without_its_data_set(self, run: Run, pictures: dict[str, bytes]) -> None:
        say_learned(run.path, "mnist")
        app = see()
        assert (
            "The image itself cannot be shown: it needs the images of MNIST, which are not on this"
            in words(app)
        )
        shown = pictures[picture_called(app, "Test image 0 and its reconstruction")]
        assert shows(shown, to_uint8(run.decode(run.latents["mean"][:1]))[0])

    def test_with_another_data_set_of_that_name(self, convolutional_run: Run, runs: Path) -> None:
        # The pictures that it learned from have another shape than those that are here.
        path = copy_run(convolutional_run, runs / "other").path / "config.json"
        write_json(path, read_json(path) | {"dataset": "digits"})
        app = see()
        assert "which only its maker has: not Digits's." in words(app)
        assert app.image


class TestForeign:
    """A run from elsewhere, as far from usual as an import lets it be."""

    def test_class_names_are_no_markdown(self, run: Run) -> None:
        name = "![x](https://a.b/x.png)"
        path = run.path / "config.json"
        write_json(path, read_json(path) | {"class_names": [f"{name}{i}" for i in range(10)]})
        app = see()
        assert f"class {plain(name)}" in words(app)
        assert "![" not in words(app)

    def test_class_names_are_no_html(self, wide: Run) -> None:
        path = wide.path / "config.json"
        write_json(path, read_json(path) | {"class_names": ["<b>bold</b>"] * 10})
        figure = chart(turn_to_space(see()), "cloud3d-PCA-wide-chart")
        assert {trace["name"] for trace in figure["data"]} == {"&lt;b&gt;bold&lt;/b&gt;"}

    @pytest.mark.parametrize("far", [0.0, -1e6, 1e6])
    def test_two_images(self, far: float, wide_run: Run, runs: Path) -> None:
        files = unpack(export_zip(wide_run))
        arrays = {name: np.full((2, 40), far) for name in ("mean", "log_var")}
        arrays["mean"][1] *= -1.0
        buffer = io.BytesIO()
        np.savez(buffer, **arrays, y=np.zeros(2, np.uint8))
        data = pack({name: files[name] for name in ("config.json", "model.keras")}
                    | {"latents.npz": buffer.getvalue()})  # fmt: skip
        run = take(data, runs)
        for name in ("encoder.onnx", "decoder.onnx"):  # as the worker makes them
            shutil.copy(wide_run.path / name, run.path)
        app = see(run=run.id)
        if far > 0:  # variances beyond what a number can be
            assert "This run diverged: its codes are not finite numbers" in words(app)
        elif far:
            assert points(app, run).shape == (2, 2)
            assert "from 0 to 1." in words(act(image_number(app).set_value("2")))
        else:
            assert "All test images have the same code" in words(app)

    def test_tsne_of_fewer_images_than_there_are(self, wide: Run) -> None:
        np.savez(wide.path / "tsne.npz", points=np.zeros((1, 2), np.float32))
        app = act(image_number(see()).set_value("7"))
        project(app, "t-SNE")
        assert len(points(app, wide)) == 1
        assert image_number(app).value == "0"

    def test_colours_in_64_dimensions(self, open_colours: Run) -> None:
        compute_tsne(open_colours)
        app = project(see(), "t-SNE")
        assert tiles(app, open_colours).shape[1:] == (64, 64, 3)
        assert len(points(app, open_colours)) == 20
