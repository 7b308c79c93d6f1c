"""Planes in latent space: their points are codes, and codes have a nearest point on them."""

from __future__ import annotations

import numpy as np
import pytest

from vae.errors import RunError
from vae.latent.planes import Extent, Plane, dimension_plane, extent_of, pca_plane, picture_plane

RANDOM = np.random.default_rng(0)
HELD = np.array([0.5, -1.0, 2.0, 0.25])


def skewed() -> Plane:
    """A plane whose axes are neither of length one nor at right angles."""
    axes = np.array([[2.0, 0.0, 1.0, 0.0], [1.0, 1.0, 0.0, -1.0]])
    return Plane(HELD, axes, ("a", "b"), ("a", "b"))


class TestExtent:
    def test_the_grid_goes_row_by_row_from_the_top(self) -> None:
        grid = Extent(0.0, 4.0, -1.0, 1.0).grid(4, 2)
        assert grid[:4].tolist() == [[0.5, 0.5], [1.5, 0.5], [2.5, 0.5], [3.5, 0.5]]
        assert grid[4].tolist() == [0.5, -0.5]

    def test_it_shows_points_and_prior(self) -> None:
        plane = dimension_plane(2, 0, 1)
        points = RANDOM.normal([4.0, 0.0], 0.5, size=(5000, 2))
        extent = extent_of(plane, points)
        assert extent.left < -3.0
        assert extent.right > points[:, 0].max() - 0.5
        assert extent.bottom < -3.0
        assert extent.top > 3.0
        assert extent.right - extent.left == pytest.approx(extent.top - extent.bottom)

    def test_what_is_far_out_does_not_count(self) -> None:
        plane = dimension_plane(2, 0, 1)
        calm = extent_of(plane, np.zeros((5000, 2)))
        odd = np.zeros((5000, 2))
        odd[0], odd[1], odd[2] = np.nan, np.inf, 1e6
        assert extent_of(plane, odd) == calm
        far = extent_of(plane, np.full((100, 2), 1e6))
        assert far.right < 1100.0
        assert extent_of(plane, np.full((3, 2), np.nan)) == calm

    def test_wide_codes_are_all_in_sight(self) -> None:
        """As an autoencoder has them."""
        points = RANDOM.uniform(-45.0, 45.0, size=(5000, 2))
        extent = extent_of(dimension_plane(2, 0, 1), points)
        assert max(extent.left, extent.bottom) < points.min()
        assert min(extent.right, extent.top) > points.max()

    def test_a_few_absurd_ones_are_not(self) -> None:
        points = RANDOM.normal(size=(1000, 2))
        points[:50] = 1e6
        assert extent_of(dimension_plane(2, 0, 1), points).right < 20.0

    def test_clipped(self) -> None:
        wide = Extent(-40.0, 3.0, -2.0, 50.0)
        assert wide.clipped(10.0) == Extent(-10.0, 3.0, -2.0, 10.0)


class TestPlane:
    @pytest.mark.parametrize("plane", [skewed(), dimension_plane(4, 3, 1, HELD)])
    def test_there_and_back(self, plane: Plane) -> None:
        points = RANDOM.normal(size=(20, 2))
        codes = plane.codes(points)
        assert codes.dtype == np.float32
        np.testing.assert_allclose(plane.coordinates(codes), points, atol=1e-5)

    def test_a_code_beside_it_lands_at_the_nearest_point(self) -> None:
        plane = skewed()
        code = RANDOM.normal(size=4)
        (point,) = plane.coordinates(code[None])
        nearest = np.linalg.norm(plane.codes(point[None])[0] - code)
        for step in RANDOM.normal(scale=0.1, size=(50, 2)):
            assert np.linalg.norm(plane.codes(point[None] + step)[0] - code) >= nearest - 1e-6

    def test_the_prior_is_that_of_the_whole_space(self) -> None:
        plane = skewed()
        mean, covariance = plane.prior()
        points = RANDOM.normal(size=(50, 2))
        shifted = points - mean
        here = -0.5 * np.einsum("ni,ij,nj->n", shifted, np.linalg.inv(covariance), shifted)
        there = -0.5 * (plane.codes(points).astype(float) ** 2).sum(axis=1)
        np.testing.assert_allclose(here - here[0], there - there[0], atol=1e-4)

    def test_spread_is_that_of_projected_samples(self) -> None:
        plane = skewed()
        log_var = np.array([0.2, -1.0, 0.5, -2.0])
        samples = RANDOM.normal(size=(200_000, 4)) * np.exp(0.5 * log_var)
        found = np.cov(plane.coordinates(samples).T)
        np.testing.assert_allclose(plane.spread(log_var[None])[0], found, atol=0.01)


class TestDimensions:
    def test_the_coordinates_are_the_two_values_and_the_rest_is_held(self) -> None:
        plane = dimension_plane(4, 2, 0, HELD)
        assert plane.names == ("z3", "z1")
        assert plane.codes([[7.0, 5.0]]).tolist() == [[5.0, -1.0, 7.0, 0.25]]
        assert dimension_plane(4, 2, 0).codes([[7.0, 5.0]]).tolist() == [[5.0, 0.0, 7.0, 0.0]]

    def test_one_dimension_is_a_line(self) -> None:
        plane = dimension_plane(1, 0, 0)
        assert plane.is_line
        assert not dimension_plane(2, 0, 1).is_line
        assert plane.codes([[1.5, 9.0]]).tolist() == [[1.5]]
        assert plane.coordinates(np.array([[1.5]])).tolist() == [[1.5, 0.0]]
        extent = extent_of(plane, plane.coordinates(np.array([[1.5], [2.0]])))
        assert np.isfinite(extent).all()
        assert extent.top > extent.bottom

    @pytest.mark.parametrize("pair", [(0, 4), (-1, 0), (2, 2)])
    def test_what_there_is_not(self, pair: tuple[int, int]) -> None:
        with pytest.raises(RunError, match=r"from 0 to 3\. Received: "):
            dimension_plane(4, *pair)


class TestPCA:
    def test_it_is_where_the_codes_vary_most(self) -> None:
        basis = np.linalg.qr(RANDOM.normal(size=(5, 5)))[0]
        mean = RANDOM.normal(size=(2000, 5)) * [5.0, 3.0, 0.1, 0.1, 0.1] @ basis + 1.0
        plane = pca_plane(mean)
        left = mean - plane.codes(plane.coordinates(mean))
        assert np.abs(left).max() < 1.0
        np.testing.assert_allclose(np.abs(plane.axes @ basis.T)[:, 2:], 0.0, atol=0.05)
        assert plane.names[0].startswith("PC1 (7")

    def test_one_dimension(self) -> None:
        with pytest.raises(RunError, match="Received: 1"):
            pca_plane(np.zeros((10, 1)))


class TestPictures:
    def test_it_goes_through_the_three(self) -> None:
        codes = RANDOM.normal(size=(3, 6))
        plane = picture_plane(codes)
        positions = plane.coordinates(codes)
        np.testing.assert_allclose(plane.codes(positions), codes, atol=1e-5)
        np.testing.assert_allclose(positions[0], 0.0, atol=1e-9)
        assert positions[1, 1] == pytest.approx(0.0, abs=1e-9)
        # One unit is one unit of latent space.
        sides = np.linalg.norm(codes - np.roll(codes, 1, axis=0), axis=1)
        on_plane = np.linalg.norm(positions - np.roll(positions, 1, axis=0), axis=1)
        np.testing.assert_allclose(on_plane, sides)

    @pytest.mark.parametrize("third", [[0.0, 0.0], [1.0, 2.0], [3.0, 6.0]])
    def test_on_one_line(self, third: list[float]) -> None:
        with pytest.raises(RunError, match="not on one line"):
            picture_plane(np.array([[0.0, 0.0], [1.0, 2.0], third]))

    def test_twice_the_same(self) -> None:
        with pytest.raises(RunError, match="not on one line"):
            picture_plane(np.array([[1.0, 0.0], [1.0, 0.0], [3.0, 6.0]]))
