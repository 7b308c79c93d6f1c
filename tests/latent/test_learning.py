"""The plane and the window of the map that shows learning."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vae.latent.learning import STEP, learning_axes, window_around


@pytest.fixture
def means() -> np.ndarray:
    """Codes that vary most along the fifth and the second of six dimensions."""
    scale = np.array([0.1, 2.0, 0.3, 0.2, 5.0, 0.4])
    return np.random.default_rng(1).standard_normal((500, 6)) * scale + 1.0


class TestPlane:
    def test_two_dimensions_are_shown_as_they_are(self) -> None:
        codes = np.random.default_rng(0).standard_normal((9, 2))
        np.testing.assert_array_equal(learning_axes(codes, codes), np.eye(2))

    def test_one_dimension_lies_across(self) -> None:
        np.testing.assert_array_equal(learning_axes(np.ones((9, 1)), np.ones((9, 1))), [[1], [0]])

    def test_of_more_it_is_where_codes_vary_most(self, means: np.ndarray) -> None:
        axes = learning_axes(means, means)
        np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-9)
        np.testing.assert_allclose(np.abs(axes[:, [4, 1]]), np.eye(2), atol=0.05)

    def test_it_is_turned_towards_the_untrained_networks(self, means: np.ndarray) -> None:
        # The same plane, found from codes that vary most along the other axis: neither a quarter
        # turn nor a mirror image is seen.
        other = means * np.array([1.0, 10.0, 1.0, 1.0, 1.0, 1.0]) * -1.0
        turned, own = learning_axes(other, means), learning_axes(means, means)
        np.testing.assert_allclose(turned, own, atol=0.1)

    def test_codes_that_are_all_alike(self) -> None:
        assert np.isfinite(learning_axes(np.ones((9, 3)), np.zeros((9, 3)))).all()


class TestWindow:
    def test_the_prior_is_in_it(self) -> None:
        window = window_around(np.full((100, 2), 0.01), has_prior=True)
        assert (window.x, window.y) == (0.0, 0.0)
        assert 3.0 < window.half < 4.0

    @pytest.mark.parametrize("has_prior", [True, False])
    def test_so_are_the_points(self, has_prior: bool) -> None:
        points = np.random.default_rng(2).uniform(-40.0, 10.0, (1000, 2))
        x, y, half = window_around(points, has_prior)
        assert (np.abs(points - (x, y)).max(axis=1) <= half).mean() > 0.98

    def test_it_stands_still_while_little_changes(self) -> None:
        points = np.random.default_rng(3).uniform(-7.2, 7.2, (1000, 2))
        windows = {window_around(points * scale, has_prior=True) for scale in (1.0, 1.02, 1.04)}
        assert len(windows) == 1

    def test_it_grows_in_steps(self) -> None:
        points = np.random.default_rng(3).uniform(-8.0, 8.0, (1000, 2))
        sizes = [window_around(points * s, has_prior=True).half for s in np.linspace(1, 4, 60)]
        steps = {round(b / a, 6) for a, b in itertools.pairwise(sizes)}
        assert steps == {1.0, round(STEP, 6)}

    def test_points_that_are_all_alike(self) -> None:
        assert np.isfinite(window_around(np.full((10, 2), 7.0), has_prior=False)).all()
