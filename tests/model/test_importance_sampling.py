"""Likelihoods by importance sampling: against closed forms, integration and NumPy."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, special, stats
from sklearn.decomposition import PCA

from tests.model.test_evaluate import cross_entropy, steep_model
from vae.config import Config
from vae.data.binarisation import binarisation_words, binarise
from vae.data.datasets import Dataset
from vae.errors import ConfigError
from vae.evaluation.likelihood import (
    request_likelihood,
)
from vae.model import importance_sampling
from vae.model.evaluate import evaluate
from vae.model.importance_sampling import importance_log_likelihood, importance_sampled_nll
from vae.model.vae import VAE, build
from vae.runs.run import Run
from vae.statistics import standard_error

Codes = tuple[tf.Tensor, tf.Tensor]


@pytest.fixture(scope="module")
def model(finished_run: Run) -> VAE:
    return finished_run.load_model()


@dataclasses.dataclass
class LinearVAE:
    """Probabilistic PCA (Tipping & Bishop 1999) as a VAE whose decoder is linear and Gaussian.

    x = W z + mean + noise; its posterior has a diagonal covariance, so an encoder can be exact.
    shrink and widen put that encoder wrong: posterior means by a factor, log_var by a sum.
    """

    pca: PCA
    shrink: float = 1.0
    widen: float = 0.0

    @property
    def noise(self) -> float:
        return float(self.pca.noise_variance_)

    @property
    def weights(self) -> np.ndarray:  # (D, d)
        signal = self.pca.explained_variance_ - self.noise
        return (self.pca.components_.T * np.sqrt(signal)).astype(np.float32)

    @property
    def log_var(self) -> np.ndarray:  # (d,), exact: noise * (W'W + noise)^-1
        return np.log(self.noise / self.pca.explained_variance_).astype(np.float32)

    def posterior_mean(self, x: np.ndarray) -> np.ndarray:
        return (x - self.pca.mean_) @ self.weights / self.pca.explained_variance_

    def encode(self, x: tf.Tensor) -> Codes:
        centred = x - self.pca.mean_.astype(np.float32)
        mean = centred @ self.weights / self.pca.explained_variance_.astype(np.float32)
        return self.shrink * mean, tf.zeros_like(mean) + self.log_var + self.widen

    def log_likelihood(self, x: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        expected = tf.einsum("knd,pd->knp", z, self.weights) + self.pca.mean_.astype(np.float32)
        squares = tf.reduce_sum((x - expected) ** 2, axis=-1) / self.noise
        return -0.5 * (squares + x.shape[-1] * math.log(2.0 * math.pi * self.noise))

    def gap(self, x: np.ndarray) -> np.ndarray:
        """KL(encoder || exact posterior): what the ELBO of each image lacks, in nats."""
        shift = (self.shrink - 1.0) * self.posterior_mean(x)
        per_dimension = shift**2 / np.exp(self.log_var) + math.exp(self.widen) - 1.0 - self.widen
        return 0.5 * per_dimension.sum(axis=1)


@pytest.fixture(scope="module")
def pixels(digits: Dataset) -> np.ndarray:
    return (digits.x_test.reshape(360, 64) / 255.0).astype(np.float32)


@pytest.fixture(scope="module")
def pca(digits: Dataset) -> PCA:
    return PCA(6).fit(digits.x_train.reshape(-1, 64) / 255.0)


class TestLinearGaussian:
    """The log-likelihood of probabilistic PCA is known: scikit-learn's `score_samples`."""

    @pytest.mark.parametrize("samples", [1, 120])
    def test_an_exact_posterior_needs_no_luck(
        self, pca: PCA, pixels: np.ndarray, samples: int
    ) -> None:
        exact, linear = pca.score_samples(pixels), LinearVAE(pca)
        found = importance_log_likelihood(linear.encode, linear.log_likelihood, pixels, samples)
        # Every sample of every image weighs the same, so both are log p(x) itself.
        np.testing.assert_allclose(found.log_likelihood, exact, atol=0.01)
        np.testing.assert_allclose(found.elbo, exact, atol=0.01)
        assert exact.std() > 5.0  # as if they could be mixed up

    @pytest.mark.parametrize(
        ("shrink", "widen"), [(0.9, 0.0), (1.0, 0.5), (1.0, -0.5), (0.95, 0.3)]
    )
    def test_a_wrong_posterior(
        self, pca: PCA, pixels: np.ndarray, shrink: float, widen: float
    ) -> None:
        exact, linear = pca.score_samples(pixels), LinearVAE(pca, shrink, widen)
        found = importance_log_likelihood(linear.encode, linear.log_likelihood, pixels, 5000)
        error = found.log_likelihood - exact
        # Within the standard error over images, and by far: the images are the same in both.
        assert abs(error.mean()) < standard_error(found.log_likelihood)
        assert abs(error.mean()) < 0.02
        # The bound is below by the KL from the exact posterior, known in closed form.
        gap = linear.gap(pixels)
        assert gap.mean() > 0.2
        assert (exact - found.elbo).mean() == pytest.approx(gap.mean(), rel=0.03)
        np.testing.assert_allclose(exact - found.elbo, gap, atol=0.3)
        assert (found.elbo < exact).all()
        assert (found.elbo <= found.log_likelihood).all()

    def test_more_samples_bind_tighter(self, pca: PCA, pixels: np.ndarray) -> None:
        exact, linear = pca.score_samples(pixels).mean(), LinearVAE(pca, 0.85, 0.4)
        bounds = [
            importance_log_likelihood(
                linear.encode, linear.log_likelihood, pixels, samples
            ).log_likelihood.mean()
            for samples in (1, 10, 100, 1000)
        ]
        assert bounds == sorted(bounds)
        assert bounds[0] < exact - 0.5
        assert bounds[-1] == pytest.approx(exact, abs=0.05)


class TestStream:
    @pytest.mark.parametrize("images_at_once", [100, 3])
    def test_the_same_as_all_at_once(
        self, pca: PCA, pixels: np.ndarray, images_at_once: int
    ) -> None:
        x, linear = pixels[:7], LinearVAE(pca, 0.9, 0.3)
        found = importance_log_likelihood(
            linear.encode, linear.log_likelihood, x, 120, seed=4, images_at_once=images_at_once
        )
        weights = []
        for begin in range(0, 7, images_at_once):
            part = x[begin : begin + images_at_once]
            mean, log_var = (np.asarray(a, np.float64) for a in linear.encode(part))
            # 120 samples are two chunks of 50 and a rest.
            epsilon = np.concatenate(
                [
                    tf.random.stateless_normal(
                        (count, *mean.shape), [4, 5000 * begin + first], alg="philox"
                    )
                    for first, count in ((0, 50), (50, 50), (100, 20))
                ]
            )
            z = mean + np.exp(log_var / 2) * epsilon  # (120, n, d)
            expected = z @ linear.weights.T + pca.mean_
            weights.append(
                stats.norm.logpdf(part, expected, math.sqrt(linear.noise)).sum(axis=-1)
                + stats.norm.logpdf(z).sum(axis=-1)
                - stats.norm.logpdf(z, mean, np.exp(log_var / 2)).sum(axis=-1)
            )
        weights = np.concatenate(weights, axis=1)  # (120, 7)
        estimate = special.logsumexp(weights, axis=0) - math.log(120)
        np.testing.assert_allclose(found.log_likelihood, estimate, atol=0.01)
        np.testing.assert_allclose(found.elbo, weights.mean(axis=0), atol=0.01)

    def test_it_holds_few_codes_whatever_k_is(self, pca: PCA, pixels: np.ndarray) -> None:
        linear = LinearVAE(pca)

        def log_likelihood(x: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
            tf.debugging.assert_less_equal(tf.reduce_prod(tf.shape(z)[:2]), 50 * 20)
            return linear.log_likelihood(x, z)

        found = importance_log_likelihood(
            linear.encode, log_likelihood, pixels[:30], 1130, images_at_once=20
        )
        assert found.log_likelihood.shape == found.elbo.shape == (30,)
        assert found.log_likelihood.dtype == found.elbo.dtype == np.float64

    @pytest.mark.parametrize(
        ("samples", "side", "expected"), [(5000, 8, 1250), (10, 8, 6250), (50, 64, 19)]
    )
    def test_large_images_are_decoded_in_smaller_parts(
        self, samples: int, side: int, expected: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        requested: list[int] = []

        def spy(*arguments: object, images_at_once: int, **others: object) -> object:
            requested.append(images_at_once)
            return importance_sampling.Likelihoods(np.zeros(2), np.zeros(2))

        monkeypatch.setattr(importance_sampling, "importance_log_likelihood", spy)
        small = build(Config(hidden=(4,), latent_dim=2), (side, side, 1))
        importance_sampled_nll(small, np.zeros((2, side, side, 1), np.uint8), samples)
        assert requested == [expected]

    def test_progress(self, pca: PCA, pixels: np.ndarray) -> None:
        linear, shares = LinearVAE(pca), []
        importance_log_likelihood(
            *(linear.encode, linear.log_likelihood, pixels[:4], 100),
            images_at_once=3,
            on_progress=shares.append,
        )
        assert shares == pytest.approx([0.375, 0.75, 0.875, 1.0])


class TestOfAModel:
    def test_a_decoder_that_ignores_z(self, digits: Dataset) -> None:
        # All weights 0: logits are 0 and the posterior is the prior, so p(x) is known exactly.
        model = build(Config(hidden=(4,), latent_dim=3), (8, 8, 1))
        model.set_weights([np.zeros_like(weights) for weights in model.get_weights()])
        for samples in (1, 60):
            result = importance_sampled_nll(model, digits.x_test[:5], samples)
            assert result["nll"] == pytest.approx(64 * math.log(2), rel=1e-6)
            assert result["elbo"] == pytest.approx(-64 * math.log(2), rel=1e-6)
            assert result["nll_standard_error"] == pytest.approx(0.0, abs=1e-4)
            assert result["importance_samples"] == samples

    @pytest.mark.parametrize("binarisation", ["none", "threshold"])
    def test_equals_numerical_integration_over_z(self, digits: Dataset, binarisation: str) -> None:
        model, images = steep_model(), binarise(digits.x_test[:6], binarisation)
        grid = np.linspace(-8, 8, 4001)
        logits = np.asarray(model.decoder_logits(grid[:, None].astype(np.float32)))
        nll = []
        for image in images:
            log_joint = stats.norm.logpdf(grid) - cross_entropy(image / 255.0, logits)
            top = log_joint.max()
            nll.append(-(top + math.log(integrate.simpson(np.exp(log_joint - top), x=grid))))
        result = importance_sampled_nll(model, images, 5000)
        assert result["nll"] == pytest.approx(np.mean(nll), abs=0.03)
        assert result["nll_standard_error"] == pytest.approx(standard_error(np.array(nll)), 0.05)

    def test_the_elbo_is_the_one_that_evaluation_finds(self, digits: Dataset) -> None:
        model, many = steep_model(3), np.repeat(digits.x_test[:100], 100, axis=0)
        repeated = dataclasses.replace(digits, x_test=many, y_test=np.zeros(len(many), np.uint8))
        elbo = evaluate(model, repeated)[0]["elbo"]
        # As many samples of each image, so that both have little noise.
        result = importance_sampled_nll(model, digits.x_test[:100], 100)
        assert result["elbo"] == pytest.approx(elbo, abs=0.05)
        assert -result["nll"] > result["elbo"] + 0.05

    def test_convolutions_in_color(self, convolutional_run: Run, stripes: Dataset) -> None:
        model = convolutional_run.load_model()
        elbo = evaluate(model, stripes)[0]["elbo"]
        result = importance_sampled_nll(model, stripes.x_test, 60)
        assert result["elbo"] == pytest.approx(elbo, rel=0.01)
        assert -result["nll"] > result["elbo"]

    def test_the_seed_samples(self, model: VAE, digits: Dataset) -> None:
        first, again, other = (
            importance_sampled_nll(model, digits.x_test[:20], 10, seed=seed)["nll"]
            for seed in (1, 1, 2)
        )
        assert first == again != other

    @pytest.mark.parametrize("samples", [0, -1, 5001])
    def test_how_many_samples(self, model: VAE, digits: Dataset, samples: int) -> None:
        with pytest.raises(ConfigError, match=f"from 1 to 5,000. Received: {samples}"):
            importance_sampled_nll(model, digits.x_test, samples)

    def test_not_of_an_autoencoder(self, autoencoder_run: Run, digits: Dataset) -> None:
        with pytest.raises(ConfigError, match="Received: an autoencoder"):
            importance_sampled_nll(autoencoder_run.load_model(), digits.x_test, 10)
        with pytest.raises(ConfigError, match="Received: an autoencoder"):
            request_likelihood(autoencoder_run, 10, "none")

    def test_a_single_image_has_no_standard_error(self, model: VAE, digits: Dataset) -> None:
        assert importance_sampled_nll(model, digits.x_test[:1], 5)["nll_standard_error"] == 0.0

    def test_grey_levels_are_named_by_what_they_are_taken_for(self) -> None:
        words = [
            binarisation_words(Config(likelihood=name), "none")
            for name in ("bernoulli", "continuous_bernoulli", "gaussian")
        ]
        assert words[0] == "grey levels in [0, 1], as Bernoulli probabilities"
        assert words[1] == words[2] == "grey levels in [0, 1], by their density"

    @pytest.mark.parametrize("name", ["continuous_bernoulli", "gaussian"])
    def test_other_likelihoods_count(self, name: str, digits: Dataset) -> None:
        model = build(Config(hidden=(8,), latent_dim=2, likelihood=name), (8, 8, 1))
        elbo = evaluate(model, digits)[0]["elbo"]
        result = importance_sampled_nll(model, digits.x_test, 60)
        assert result["elbo"] == pytest.approx(elbo, abs=0.1)
        bernoulli = build(Config(hidden=(8,), latent_dim=2), (8, 8, 1))
        assert abs(importance_sampled_nll(bernoulli, digits.x_test, 60)["elbo"] - elbo) > 1.0
