"""Points by class: in three dimensions on a page, and for a paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from tests.handmade import make_run
from vae.config import Config
from vae.errors import RunError
from vae.figures.clouds import cloud3d, cloud_figure
from vae.figures.colors import class_color
from vae.latent.projections import Projection, read_tsne
from vae.runs.run import SHIPPED, Run, open_run

LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class TestCloud3d:
    @pytest.fixture
    def projection(self) -> Projection:
        points = np.arange(18, dtype=np.float64).reshape(6, 3)
        return Projection(points, np.array([0, 1, 2, 0, 1, 2]), np.arange(6), ("a", "b", "c"))

    def test_one_trace_a_class_with_its_points(self, projection: Projection) -> None:
        figure = cloud3d(projection, ["one", "<i>two</i>", "three", "none"], size=5, opacity=0.5)
        assert [trace.name for trace in figure.data] == ["one", "&lt;i&gt;two&lt;/i&gt;", "three"]
        second = figure.data[1]
        for axis, values in zip("xyz", ([3, 12], [4, 13], [5, 14]), strict=True):
            np.testing.assert_array_equal(second[axis], values)
        np.testing.assert_array_equal(second.customdata, [1, 4])
        assert second.x.dtype == np.float32
        assert (second.marker.size, second.marker.opacity) == (5, 0.5)
        assert second.marker.color == class_color(1)
        scene = figure.layout.scene
        assert [axis.title.text for axis in (scene.xaxis, scene.yaxis, scene.zaxis)] == list("abc")

    def test_ten_classes_have_dots_alone(self, projection: Projection) -> None:
        figure = cloud3d(projection, ["one", "two", "three"])
        assert {(trace.mode, trace.marker.symbol) for trace in figure.data} == {
            ("markers", "circle")
        }
        assert figure.layout.legend.orientation == "h"

    def test_many_classes_have_marks_and_names(self) -> None:
        labels = np.repeat(np.arange(26), 3)
        points = np.stack([labels, np.tile([-9.0, 0.0, 1.0], 26), labels], axis=1)
        projection = Projection(points, labels, np.arange(78), ("a", "b", "c"))
        names = [*"ABCDEFGHIJKLMNOPQRSTUVWXY", "<b>a name of many letters"]
        *dots, texts = cloud3d(projection, names).data
        assert [dots[label].marker.symbol for label in (9, 10, 20)] == [
            "circle",
            "square",
            "diamond",
        ]
        # Each name stands in the middle of its class, and may be a stranger's.
        assert (texts.mode, texts.text[0], texts.text[25]) == ("text", "A", "&lt;b&gt;a name o…")
        assert (texts.x[7], texts.y[7], texts.hoverinfo) == (7.0, 0.0, "skip")
        # Beside the cloud, where it scrolls, and not over it.
        assert cloud3d(projection, names).layout.legend.orientation == "v"


class TestPublication:
    def test_the_projection_by_class(self) -> None:
        run = open_run(SHIPPED / "mnist-recommended")
        (axes,) = cloud_figure(run).axes
        tsne = read_tsne(run)
        assert (axes.get_xlabel(), axes.get_ylabel()) == tsne.axes[:2]
        for label, dots in enumerate(axes.collections):
            np.testing.assert_allclose(dots.get_offsets(), tsne.points[tsne.y == label])
        names = [text.get_text() for text in axes.get_legend().get_texts()]
        assert names == list("0123456789")
        assert not axes.texts

    def test_many_classes_have_marks_and_names(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", Config(latent_dim=2), (8, 8, 1), LETTERS)
        (axes,) = cloud_figure(run).axes
        assert [text.get_text() for text in axes.texts] == list(LETTERS)
        y = run.latents["y"]
        for label, text in enumerate(axes.texts):
            own = run.latents["mean"][y == label]
            assert np.isclose(own, text.xy).all(axis=1).any()  # on one of its own points
        shapes = [len(dots.get_paths()[0]) for dots in axes.collections]
        assert len(set(shapes[9:21:10])) == 2
        legend = axes.get_legend()
        assert len(legend.get_texts()) == 26
        figure = cloud_figure(run)
        figure.draw_without_rendering()
        box = figure.axes[0].get_legend().get_window_extent()
        assert 0 <= box.y0 < box.y1 <= figure.bbox.height

    def test_before_there_are_latents(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        (run.path / "latents.npz").unlink()
        with pytest.raises(RunError, match=r"no latent means yet. Received: run"):
            cloud_figure(Run(run.path))
