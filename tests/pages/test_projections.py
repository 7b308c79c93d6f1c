"""Projections: PCA and t-SNE in two and three dimensions, and one test image closely."""

from __future__ import annotations

import base64
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from pages._shared import server
from pages.latent import projection_map
from tests.conftest import copy_run, wait_until
from tests.pages.crafted import set_state
from tests.pages.doubles import Processes
from tests.pages.driving import act, calm, labelled, picker, press
from tests.pages.projecting import (
    axes,
    board,
    fed,
    points,
    project,
    see,
    show_in_3d,
    tiles,
)
from tests.pages.shown import (
    alternatives,
    chart,
    charts,
    component,
    components,
    numbers,
    words,
)
from vae.figures.colors import class_color
from vae.images import to_uint8
from vae.latent.projections import project_pca, read_tsne
from vae.runs.run import Run
from vae.runs.writer import RunWriter
from vae.server.tickets import Ticket


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
        app = show_in_3d(see())
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
        app = show_in_3d(see(run="wide"))
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
        processes.make_real()
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
        figure = chart(show_in_3d(app), "cloud3d-t-SNE-wide-chart")
        order = np.concatenate([numbers(trace["customdata"]) for trace in figure["data"]])
        found = np.concatenate([numbers(trace["z"]) for trace in figure["data"]])
        np.testing.assert_array_equal(found[np.argsort(order)], read_tsne(wide, 3).points[:, 2])

    def test_one_that_fails_is_not_requested_again_until_the_user_does(
        self, wide: Run, processes: Processes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        processes.make_real()
        monkeypatch.setattr(sys, "executable", shutil.which("false"))
        app = project(see(), "t-SNE")
        wait_until(lambda: not server.queue().is_pending(wide, "tsne"), "the worker has ended")
        for _ in range(2):
            calm(app.run())
            (error,) = app.error
            assert error.value.startswith("t-SNE could not be computed: it ended")
            assert not server.queue().is_pending(wide, "tsne")
        requested: list[str] = []
        monkeypatch.setattr(server.queue(), "request", lambda run, action: requested.append(action))
        press(app, "Try again")
        assert requested == ["tsne"]
        assert axes(project(app, "PCA"), wide)[0].startswith("PC1")

    def test_another_model_is_requested_anew(self, wide: Run, processes: Processes) -> None:
        """It was resumed and lost what was computed before: that is no failure."""
        requested = project(see(), "t-SNE")
        assert server.queue().is_pending(wide, "tsne")
        server.queue().tickets.remove(Ticket(wide.id, "tsne"))
        latents = {**wide.latents, "mean": wide.latents["mean"] + 1.0}
        RunWriter(wide.path).latents(**latents)
        calm(requested.run())
        assert not requested.error
        assert server.queue().is_pending(wide, "tsne")

    def test_a_run_at_work_has_none_yet(self, wide: Run) -> None:
        set_state(wide, "training", epoch=0)
        with wide.lock():
            app = project(see(run="wide"), "t-SNE")
            assert "is computed when the run has ended" in words(app)
            assert not server.queue().is_pending(wide, "tsne")


class TestStyle:
    def test_size_and_opacity(self, run: Run) -> None:
        app = see()
        labelled(app.slider, "Point size").set_value(9.0)
        labelled(app.slider, "Opacity").set_value(0.25)
        calm(app.run())
        assert (board(app, run)["dot"], board(app, run)["opacity"]) == (4.5, 0.25)

    def test_in_space(self, wide: Run) -> None:
        app = show_in_3d(see())
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
