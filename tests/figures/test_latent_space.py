from __future__ import annotations

import numpy as np
import pytest

from vae.figures.colors import class_color
from vae.figures.latent_space import class_counts, cloud, manifold, posterior, variance_kept
from vae.latent.projections import Projection

NAMES = ("a", "b", "c")


@pytest.fixture
def projection() -> Projection:
    points = np.arange(12, dtype=np.float64).reshape(6, 2)
    return Projection(points, np.array([0, 1, 2, 0, 1, 2]), np.arange(6), ("z1", "z2"))


class TestCloud:
    def test_one_trace_a_class_with_its_points(self, projection: Projection) -> None:
        figure = cloud(projection, NAMES, size=5)
        assert [trace.name for trace in figure.data] == list(NAMES)
        second = figure.data[1]
        np.testing.assert_array_equal(second.x, [2, 8])
        np.testing.assert_array_equal(second.customdata, [1, 4])
        assert second.x.dtype == np.float32
        assert second.marker.size == 5
        assert second.marker.color == class_color(1)
        assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("z1", "z2")


class TestOthers:
    def test_variance_adds_up(self) -> None:
        each, together = variance_kept(np.array([0.5, 0.3, 0.2])).data
        np.testing.assert_allclose(each.y, [50, 30, 20])
        np.testing.assert_allclose(together.y, [50, 80, 100])

    def test_posterior_shows_two_standard_deviations(self) -> None:
        figure = posterior(np.array([1.0, -1.0]), np.log(np.array([4.0, 0.25])))
        np.testing.assert_allclose(figure.data[0].error_y.array, [4.0, 1.0])

    def test_counts(self) -> None:
        (bars,) = class_counts(np.array([0, 0, 2]), NAMES).data
        np.testing.assert_array_equal(bars.y, [2, 0, 1])

    def test_manifold_ticks_stand_at_the_middle_of_their_tiles(self) -> None:
        values = np.array([-1.0, -0.0, 1.0])
        figure = manifold(np.zeros((24, 24, 1), np.uint8), values, ("z1", "z3"))
        np.testing.assert_allclose(figure.layout.xaxis.tickvals, [3.5, 11.5, 19.5])
        assert figure.layout.xaxis.ticktext == ("-1.0", "0.0", "1.0")
        # The picture's rows go down, the axis up.
        np.testing.assert_allclose(figure.layout.yaxis.tickvals, [19.5, 11.5, 3.5])
