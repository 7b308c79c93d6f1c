"""Layers over a plane, against closed forms."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from vae.latent.density import (
    HOLE_RATIO,
    Posteriors,
    class_regions,
    hole_mask,
    log_density_ratio,
    log_posterior_density,
    log_prior_density,
    posteriors_of,
)
from vae.latent.planes import Extent, Plane, dimension_plane
from vae.runs.run import Run

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
    @pytest.mark.parametrize("kind", ["vae", "autoencoder"])
    def test_they_are_as_much_wider_as_codes_lie_apart(
        self, kind: str, finished_run: Run, autoencoder_run: Run
    ) -> None:
        run = {"vae": finished_run, "autoencoder": autoencoder_run}[kind]
        mean, log_var, width = posteriors_of(run)
        np.testing.assert_array_equal(mean, run.latents["mean"][:2000])
        squares = ((mean[:, None] - mean[None]) ** 2).sum(axis=2)
        fifth = np.sqrt(np.sort(squares, axis=1)[:, 5])  # the first is the code itself
        assert width == pytest.approx(np.median(fifth) / np.sqrt(mean.shape[1]))
        own = np.exp(run.latents["log_var"][:2000].astype(float))
        np.testing.assert_allclose(np.exp(log_var), own + width**2)

    def test_the_prior_is_blurred_alike(self) -> None:
        expected = multivariate_normal(np.zeros(3), 1.25 * np.eye(3)).logpdf(CODES)
        np.testing.assert_allclose(log_prior_density(CODES, 0.5), expected)


def test_class_regions() -> None:
    mean = np.concatenate([RANDOM.normal(x, 0.3, size=(100, 2)) for x in (-3.0, 3.0)])
    y = np.repeat([4, 7], 100)
    codes = np.array([[-3.0, -3.0], [3.0, 3.0], [9.0, 1.0]])
    assert class_regions(codes, mean, y).tolist() == [4, 7, 7]
    assert class_regions(codes, mean[:2], y[:2]).tolist() == [4, 4, 4]


class TestHoles:
    plane = dimension_plane(2, 0, 1)
    points = Extent(-3.0, 3.0, -3.0, 3.0).grid(60, 60)

    def mask(self, mean: np.ndarray, variance: float, plane: Plane = plane) -> np.ndarray:
        posteriors = Posteriors(mean, np.full_like(mean, np.log(variance)), 0.0)
        codes = plane.codes(self.points)
        return hole_mask(plane, self.points, log_density_ratio(codes, posteriors))

    def test_where_posteriors_make_up_the_prior_there_is_none(self) -> None:
        mean = RANDOM.normal(scale=np.sqrt(0.5), size=(2000, 2))
        assert not self.mask(mean, 0.5).any()

    def test_a_ring_has_one_in_its_middle(self) -> None:
        angle = RANDOM.uniform(0.0, 2.0 * np.pi, 2000)
        mean = 1.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        mask = self.mask(mean, 0.04)
        radius = np.linalg.norm(self.points, axis=1)
        assert mask[radius < 0.7].all()
        assert not mask[(radius > 1.2) & (radius < 1.8)].any()

    def test_where_the_prior_is_unlikely_nothing_is_missed(self) -> None:
        mask = self.mask(np.zeros((10, 2)), 1e-4)
        radius = np.linalg.norm(self.points, axis=1)
        assert mask.sum() == pytest.approx(((radius <= 2.0) & (radius > 0.1)).sum(), abs=12)
        assert not mask[radius > 2.05].any()

    def test_a_plane_far_from_0_has_none(self) -> None:
        # 95 % of the prior's codes in three dimensions are within sqrt(7.815) = 2.796 of 0.
        for held, is_hole in ((2.7, True), (2.9, False)):
            plane = dimension_plane(3, 0, 1, np.array([0.0, 0.0, held]))
            assert self.mask(np.full((10, 3), 9.0), 1e-4, plane).any() == is_hole

    @pytest.mark.parametrize("dims", [2, 4, 16])
    def test_few_narrow_posteriors_leave_none_by_their_number_alone(self, dims: int) -> None:
        """Two thousand of variance 0.003, whose means have 0.997: together they are the prior."""
        mean = np.random.default_rng(dims).normal(scale=np.sqrt(0.997), size=(2000, dims))
        run = SimpleNamespace(latents={"mean": mean, "log_var": np.full_like(mean, np.log(0.003))})
        codes = np.random.default_rng(99).normal(size=(1000, dims))
        posteriors = posteriors_of(run)
        assert (log_density_ratio(codes, posteriors) < np.log(HOLE_RATIO)).mean() < 0.03
        if dims > 2:  # unblurred, most of the prior would be holes
            raw = Posteriors(mean, np.full_like(mean, np.log(0.003)), 0.0)
            assert (log_density_ratio(codes, raw) < np.log(HOLE_RATIO)).mean() > 0.5
