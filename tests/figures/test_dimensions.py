from __future__ import annotations

import numpy as np
import pytest

from vae.figures.colors import HUES, class_color
from vae.figures.dimensions import cloud3d, kl_bars, variance_bars
from vae.latent.projections import Projection
from vae.latent.traversals import Dimension
from vae.statistics import ACTIVE_VARIANCE

RANKED = [Dimension(2, 3.5, 0.9), Dimension(0, 0.5, 0.2), Dimension(1, 0.0, 0.0)]


class TestBars:
    def test_kl_in_the_order_given_dead_ones_grey(self) -> None:
        figure = kl_bars(RANKED)
        (bars,) = figure.data
        assert bars.x == ("z3", "z1", "z2")
        assert bars.y == (3.5, 0.5, 0.0)
        assert bars.marker.color[:2] == (HUES["kl"],) * 2
        assert bars.marker.color[2] != HUES["kl"]
        assert "nats" in figure.layout.yaxis.title.text
        low, high = figure.layout.yaxis.range
        assert (low, high > 3.5) == (0, True)

    def test_kl_that_is_nothing_anywhere(self) -> None:
        assert kl_bars([Dimension(0, 0.0, 0.0)]).layout.yaxis.range == (0, 1.0)

    def test_variance_beside_its_threshold(self) -> None:
        figure = variance_bars(RANKED)
        (bars,) = figure.data
        assert bars.y[:2] == (0.9, 0.2)
        assert 0.0 < bars.y[2] < ACTIVE_VARIANCE  # a logarithmic axis has no zero
        (line,) = figure.layout.shapes
        assert (line.y0, line.y1) == (ACTIVE_VARIANCE, ACTIVE_VARIANCE)
        low, high = figure.layout.yaxis.range
        assert 10**low <= bars.y[2]
        assert 10**high > 0.9


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
