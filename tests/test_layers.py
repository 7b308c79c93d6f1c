"""Layers over a plane, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from vae.layers import (
    class_regions,
    hole_mask,
    log_posterior_density,
    log_prior_density,
    posteriors_of,
)
from vae.planes import Extent, dimension_plane
from vae.runs import Run

RANDOM = np.random.default_rng(0)
CODES = RANDOM.normal(size=(30, 3))


def test_prior() -> None:
    expected = multivariate_normal(np.zeros(3)).logpdf(CODES)
    np.testing.assert_allclose(log_prior_density(CODES), expected)


def test_aggregated_posterior() -> None:
    mean, log_var = RANDOM.normal(size=(2, 7, 3))
    parts = [
        multivariate_normal(m, np.diag(np.exp(v))).pdf(CODES)
        for m, v in zip(mean, log_var, strict=True)
    ]
    expected = np.log(np.mean(parts, axis=0))
    np.testing.assert_allclose(log_posterior_density(CODES, mean, log_var), expected)


def test_narrow_posteriors_far_away() -> None:
    """Where the density itself is less than the smallest number, its logarithm is still one."""
    found = log_posterior_density(CODES, np.full((4, 3), 50.0), np.full((4, 3), -10.0))
    assert np.isfinite(found).all()
    assert (found < -1000.0).all()


class TestPosteriors:
    def test_of_a_vae_they_are_its_own(self, finished_run: Run) -> None:
        mean, log_var = posteriors_of(finished_run)
        np.testing.assert_array_equal(mean, finished_run.latents["mean"][:2000])
        np.testing.assert_array_equal(log_var, finished_run.latents["log_var"][:2000])

    def test_points_get_the_width_of_their_spacing(self, autoencoder_run: Run) -> None:
        mean, log_var = posteriors_of(autoencoder_run)
        squares = ((mean[:, None].astype(float) - mean[None]) ** 2).sum(axis=2)
        tenth = np.sqrt(np.sort(squares, axis=1)[:, 10])  # the first is the code itself
        variance = np.median(tenth) ** 2 / mean.shape[1]
        np.testing.assert_allclose(np.exp(log_var), variance, rtol=1e-4)


def test_class_regions() -> None:
    mean = np.concatenate([RANDOM.normal(x, 0.3, size=(100, 2)) for x in (-3.0, 3.0)])
    y = np.repeat([4, 7], 100)
    codes = np.array([[-3.0, -3.0], [3.0, 3.0], [9.0, 1.0]])
    assert class_regions(codes, mean, y).tolist() == [4, 7, 7]
    assert class_regions(codes, mean[:2], y[:2]).tolist() == [4, 4, 4]


class TestHoles:
    plane = dimension_plane(2, 0, 1)
    extent = Extent(-3.0, 3.0, -3.0, 3.0)
    points = extent.grid(60, 60)

    def mask(self, mean: np.ndarray, log_var: float) -> np.ndarray:
        codes = self.plane.codes(self.points)
        density = log_posterior_density(codes, mean, np.full_like(mean, log_var))
        return hole_mask(self.plane, self.points, density)

    def test_where_posteriors_make_up_the_prior_there_is_none(self) -> None:
        mean = RANDOM.normal(scale=np.sqrt(0.5), size=(2000, 2))
        assert not self.mask(mean, np.log(0.5)).any()

    def test_a_ring_has_one_in_its_middle(self) -> None:
        angle = RANDOM.uniform(0.0, 2.0 * np.pi, 2000)
        mean = 1.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        mask = self.mask(mean, np.log(0.04))
        radius = np.linalg.norm(self.points, axis=1)
        assert mask[radius < 0.7].all()
        assert not mask[(radius > 1.2) & (radius < 1.8)].any()

    def test_where_the_prior_is_unlikely_nothing_is_missed(self) -> None:
        mask = self.mask(np.zeros((10, 2)), np.log(1e-4))
        radius = np.linalg.norm(self.points, axis=1)
        assert mask.sum() == pytest.approx(((radius <= 2.0) & (radius > 0.1)).sum(), abs=12)
        assert not mask[radius > 2.05].any()
