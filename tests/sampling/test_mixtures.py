"""Gaussian mixtures: densities that are known come back, and what EM cannot do is said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from vae.errors import RunError
from vae.sampling import mixtures
from vae.sampling.mixtures import COMPONENTS, Mixture, fit_mixture

COVARIANCE = np.array([[1.0, 0.6], [0.6, 0.5]])


def clusters(count: int, seed: int = 0) -> np.ndarray:
    """Codes (count, 2) of which every fourth lies around (9, 0), the others around (0, 9)."""
    noise = np.random.default_rng(seed).multivariate_normal([0.0, 0.0], COVARIANCE, count)
    centres = np.where(np.arange(count)[:, None] % 4 == 0, [9.0, 0.0], [0.0, 9.0])
    return centres + noise


class TestSample:
    def test_shape_and_type(self) -> None:
        mixture = Mixture(np.ones(1), np.zeros((1, 3)), np.eye(3)[None])
        assert mixture.sample(7).shape == (7, 3)
        assert mixture.sample(7).dtype == np.float32
        assert mixture.sample(0).shape == (0, 3)

    def test_the_seed_samples_and_more_begin_with_the_same(self) -> None:
        mixture = Mixture(np.full(2, 0.5), np.eye(2), np.stack([np.eye(2)] * 2))
        np.testing.assert_array_equal(mixture.sample(5, seed=3), mixture.sample(9, seed=3)[:5])
        assert not np.array_equal(mixture.sample(5, seed=3), mixture.sample(5, seed=4))

    def test_weights_means_and_covariances(self) -> None:
        factor = np.linalg.cholesky(COVARIANCE)
        mixture = Mixture(
            np.array([0.25, 0.75], np.float32),
            np.array([[50.0, 0.0], [0.0, 50.0]]),
            np.stack([factor, np.eye(2)]),
        )
        z = mixture.sample(40_000, seed=1)
        first = z[:, 0] > 25.0
        assert first.mean() == pytest.approx(0.25, abs=5 * np.sqrt(0.25 * 0.75 / 40_000))
        np.testing.assert_allclose(z[first].mean(axis=0), [50.0, 0.0], atol=0.05)
        np.testing.assert_allclose(np.cov(z[first].T), COVARIANCE, atol=0.06)
        np.testing.assert_allclose(np.cov(z[~first].T), np.eye(2), atol=0.06)


class TestFit:
    def test_a_drawing_comes_back(self) -> None:
        codes = clusters(600)
        mixture, trials = fit_mixture(codes)
        assert [trial.components for trial in trials] == list(COMPONENTS)
        assert all(trial.converged for trial in trials)
        assert min(trials, key=lambda trial: trial.bic).components == 2
        order = np.argsort(mixture.weights)
        np.testing.assert_allclose(mixture.weights[order], [0.25, 0.75], atol=1e-4)
        parts = codes[::4], np.delete(codes, np.s_[::4], axis=0)
        for component, part in zip(order, parts, strict=True):
            factor = mixture.factors[component]
            np.testing.assert_allclose(mixture.means[component], part.mean(axis=0), atol=1e-3)
            np.testing.assert_allclose(factor @ factor.T, np.cov(part.T, bias=True), atol=1e-3)
            np.testing.assert_array_equal(factor, np.tril(factor))
        assert {part.dtype for part in (mixture.weights, mixture.means, mixture.factors)} == {
            np.dtype(np.float32)
        }

    @pytest.mark.parametrize("scale", [1.0, 1e-3, 1e4])
    def test_bic_is_in_nats_per_code_whatever_the_scale(self, scale: float) -> None:
        codes = scale * np.random.default_rng(0).multivariate_normal([1.0, 2.0], COVARIANCE, 300)
        _, trials = fit_mixture(codes)
        density = stats.multivariate_normal(codes.mean(axis=0), np.cov(codes.T, bias=True))
        # Two means, three covariances; a weight of 1 is none.
        expected = -density.logpdf(codes).mean() + 5 * np.log(300) / (2 * 300)
        assert trials[0].bic == pytest.approx(expected, abs=1e-4)

    def test_of_few_codes_few_components(self) -> None:
        assert [trial.components for trial in fit_mixture(clusters(150))[1]] == [1, 2, 5, 10]
        assert [trial.components for trial in fit_mixture(clusters(149))[1]] == [1, 2, 5]
        assert [trial.components for trial in fit_mixture(clusters(2))[1]] == [1]

    def test_of_many_dimensions_few_components(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mixtures, "MAX_WORK", 2 * 200 * 2**2)
        assert [trial.components for trial in fit_mixture(clusters(200))[1]] == [1, 2]

    @pytest.mark.parametrize("dimensions", [1, 3])
    def test_codes_that_are_all_the_same(self, dimensions: int) -> None:
        mixture, _ = fit_mixture(np.full((40, dimensions), 3.0))
        np.testing.assert_allclose(mixture.sample(20), 3.0, atol=0.02)

    def test_progress(self) -> None:
        shares: list[float] = []
        fit_mixture(clusters(80), shares.append)
        assert shares == [1 / 8, 3 / 8, 1.0]


class TestErrors:
    def test_what_does_not_converge_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        overlapping = np.random.default_rng(0).exponential(size=(400, 2))
        _, trials = fit_mixture(overlapping)
        best = min(trials, key=lambda trial: trial.bic)
        assert best.components > 1
        monkeypatch.setattr(mixtures, "MAX_STEPS", 2)  # enough for a single component
        mixture, trials = fit_mixture(overlapping)
        assert [trial.converged for trial in trials] == [True, *[False] * (len(trials) - 1)]
        assert len(mixture.weights) == 1

    @pytest.mark.filterwarnings("error")
    def test_none_converges(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mixtures, "MAX_STEPS", 1)
        with pytest.raises(RunError, match=r"within 1 steps\. Received: .* of 1, 2 comp"):
            fit_mixture(clusters(30))

    @pytest.mark.parametrize(
        ("codes", "received"),
        [
            (np.zeros((1, 2)), r"\(1, 2\)$"),
            (np.zeros(5), r"\(5,\)$"),
            (np.array([[0.0], [np.nan]]), "NaN or infinity"),
            (np.array([[0.0], [np.inf]]), "NaN or infinity"),
        ],
        ids=str,
    )
    def test_no_codes(self, codes: np.ndarray, received: str) -> None:
        with pytest.raises(RunError, match=f"Received: .*{received}"):
            fit_mixture(codes)
