"""Points by class: in three dimensions on a page, and for a paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.errors import RunError
from vae.figures.clouds import cloud3d, cloud_figure
from vae.figures.colors import class_color
from vae.latent.projections import Projection, read_tsne
from vae.runs.run import SHIPPED, Run, open_run

NAMES = ("a", "b", "c")


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

    def test_before_there_are_latents(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        (run.path / "latents.npz").unlink()
        with pytest.raises(RunError, match=r"no latent means yet. Received: run"):
            cloud_figure(Run(run.path))
