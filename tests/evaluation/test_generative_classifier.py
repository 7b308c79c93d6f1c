"""Classes by Bayes' rule: on a linear Gaussian model they are known in closed form."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.evaluation.bayes_rule import class_posterior, class_priors, log_evidence
from vae.evaluation.generative_classifier import class_log_likelihoods, measure_classification
from vae.model.importance_sampling import importance_sampled_nll
from vae.model.vae import VAE
from vae.runs.run import Run
from vae.statistics import wilson_interval

SIDE, CODES, CLASSES, NOISE = 2, 2, 3, 0.04
PRIORS = np.array([0.5, 0.2, 0.3])


class LinearModel:
    """A conditional VAE whose decoder is linear: x = W_y z + b_y + noise, z ~ N(0, I).

    So p(x | y) is a Gaussian and p(y | x) is known. widen: what the encoder's log-variance is off
    by, from the exact one that there is since W_y has orthogonal columns.
    """

    def __init__(self, widen: float = 0.0) -> None:
        random = np.random.default_rng(3)
        self.config = Config(kind="conditional", latent_dim=CODES)
        self.classes = CLASSES
        self.widen = widen
        bases = [np.linalg.qr(random.normal(size=(SIDE**2, CODES)))[0] for _ in range(CLASSES)]
        scales = random.uniform(0.1, 0.3, (CLASSES, 1, CODES))
        self.weights = (np.stack(bases) * scales).astype(np.float32)  # (classes, pixels, d)
        self.bias = random.uniform(0.4, 0.6, (CLASSES, SIDE**2)).astype(np.float32)

    def with_labels(self, inputs: Any, labels: Any) -> list[tf.Tensor]:
        return [inputs, tf.label(labels, CLASSES)]

    def encoder(self, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        x, label = tf.reshape(inputs[0], (-1, SIDE**2)), inputs[1]
        precision = 1.0 + tf.reduce_sum(self.weights**2, axis=1) / NOISE  # (classes, d)
        projected = tf.einsum("np,nc,cpd->nd", x - label @ self.bias, label, self.weights) / NOISE
        return projected / (label @ precision), self.widen - tf.math.log(label @ precision)

    def decoder_logits(self, inputs: list[tf.Tensor]) -> tf.Tensor:
        z, label = inputs
        return tf.einsum("nd,nc,cpd->np", z, label, self.weights) + label @ self.bias

    def reconstruction_nats(self, images: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        squares = (tf.reshape(images, (-1, SIDE**2)) - logits) ** 2
        return 0.5 * tf.reduce_sum(squares / NOISE + math.log(2.0 * math.pi * NOISE), axis=1)

    def exact(self, images: np.ndarray) -> np.ndarray:
        """log p(x | y) in closed form (N, classes)."""
        x = images.reshape(len(images), -1) / 255.0
        cases = zip(self.bias.astype(float), self.weights.astype(float), strict=True)
        return np.stack([
            stats.multivariate_normal(bias, weights @ weights.T + NOISE * np.eye(SIDE**2)).logpdf(x)
            for bias, weights in cases
        ], axis=1)  # fmt: skip


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (30, SIDE, SIDE, 1), np.uint8)


@pytest.fixture(scope="module")
def model(conditional_run: Run) -> VAE:
    return conditional_run.load_model()


def bayes(log_likelihood: np.ndarray) -> np.ndarray:
    joint = np.exp(log_likelihood) * PRIORS
    return joint / joint.sum(axis=1, keepdims=True)


class TestLinearGaussian:
    @pytest.mark.parametrize("samples", [1, 60])
    def test_an_exact_posterior_needs_no_luck(self, images: np.ndarray, samples: int) -> None:
        model: Any = LinearModel()
        exact, found = model.exact(images), class_log_likelihoods(model, images, samples)
        assert exact.std(axis=1).mean() > 0.3  # as if classes could be mixed up
        for log_likelihood in found:
            np.testing.assert_allclose(log_likelihood, exact, atol=1e-3)
            posterior = class_posterior(log_likelihood, PRIORS)
            np.testing.assert_allclose(posterior, bayes(exact), atol=1e-3)

    def test_importance_sampling_mends_a_wrong_posterior(self, images: np.ndarray) -> None:
        model: Any = LinearModel(widen=0.5)
        exact, found = model.exact(images), class_log_likelihoods(model, images, 3000)
        np.testing.assert_allclose(
            class_posterior(found.log_likelihood, PRIORS), bayes(exact), atol=0.02
        )
        # The bound is below by the KL from the exact posterior.
        gap = 0.5 * CODES * (math.exp(0.5) - 1.0 - 0.5)
        np.testing.assert_allclose((exact - found.elbo).mean(axis=0), gap, atol=0.01)

    def test_the_evidence_sums_over_classes(self, images: np.ndarray) -> None:
        exact = LinearModel().exact(images)
        expected = np.log(np.exp(exact) @ PRIORS)
        np.testing.assert_allclose(log_evidence(exact, PRIORS), expected)

    def test_progress_and_seed(self, images: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
        model: Any = LinearModel(widen=0.5)
        shares: list[float] = []
        values = "vae.evaluation.generative_classifier.VALUES_AT_ONCE"
        monkeypatch.setattr(values, SIDE**2 * CLASSES * 5 * 8)  # 8 images at once
        first = class_log_likelihoods(model, images, 5, 1, shares.append)
        assert shares == pytest.approx([8 / 30, 16 / 30, 24 / 30, 1.0])
        again, other = (class_log_likelihoods(model, images, 5, seed) for seed in (1, 2))
        assert np.array_equal(first.elbo, again.elbo)
        assert not np.array_equal(first.elbo, other.elbo)


class TestBayesRule:
    def test_by_hand(self) -> None:
        found = class_posterior(np.log([[0.2, 0.6]]), np.array([0.75, 0.25]))
        assert found == pytest.approx(np.array([[0.5, 0.5]]))

    def test_of_thousands_of_nats(self) -> None:
        found = class_posterior(np.array([[-90_000.0, -90_001.0]]), np.array([0.5, 0.5]))
        assert found[0, 0] == pytest.approx(1.0 / (1.0 + math.exp(-1.0)))

    def test_a_class_that_never_occurs(self) -> None:
        found = class_posterior(np.zeros((1, 3)), class_priors(np.array([0, 0, 1]), 3))
        assert found == pytest.approx(np.array([[2 / 3, 1 / 3, 0.0]]))

    @pytest.mark.parametrize("row", [[-np.inf, -np.inf], [0.0, np.nan]])
    def test_without_a_likelihood(self, row: list[float]) -> None:
        with pytest.raises(RunError, match="Received: NaN or infinity"):
            class_posterior(np.array([row]), np.array([0.5, 0.5]))


class TestOfARun:
    def test_each_column_is_what_a_single_class_has(self, model: VAE, digits: Dataset) -> None:
        images = digits.x_test[:40]
        found = class_log_likelihoods(model, images, 200)
        assert found.log_likelihood.shape == found.elbo.shape == (40, 10)
        for label in (0, 7):
            one = importance_sampled_nll(model, images, 200, labels=np.full(40, label, np.uint8))
            assert -found.log_likelihood[:, label].mean() == pytest.approx(one["nll"], abs=0.1)
            assert found.elbo[:, label].mean() == pytest.approx(one["elbo"], abs=0.1)

    def test_figures_agree_with_each_other(self, model: VAE, digits: Dataset) -> None:
        found = measure_classification(model, digits, 4)
        confusion = np.array(found["confusion"])
        assert np.array_equal(confusion.sum(axis=1), np.bincount(digits.y_test))
        correct = int(np.trace(confusion))
        figures = found["importance"]
        assert figures["accuracy"] == pytest.approx(correct / 360)
        interval = figures["accuracy_low"], figures["accuracy_high"]
        assert interval == wilson_interval(correct, 360)
        assert figures["accuracy"] > 0.5  # of ten classes
        assert found["elbo"]["accuracy"] == pytest.approx(figures["accuracy"], abs=0.1)
        assert found["recall"]["3"] == pytest.approx(confusion[3, 3] / confusion[3].sum())
        assert (found["images"], found["importance_samples"]) == ("all 360 test images", 4)
        # Summed over classes it is a likelihood of the image alone: ln 10 at most above p(x | y).
        own = importance_sampled_nll(model, digits.x_test, 4, labels=digits.y_test)["nll"]
        assert own < found["nll"] < own + math.log(10) + 0.3

    def test_some_images_at_random(self, model: VAE, digits: Dataset) -> None:
        found = measure_classification(model, digits, 1, images=7)
        assert found["images"] == "a random 7 test images"
        assert np.sum(found["confusion"]) == 7
        assert None in found["recall"].values()  # of a class that none of them has

    @pytest.mark.parametrize("images", [0, 361])
    def test_how_many_images(self, model: VAE, digits: Dataset, images: int) -> None:
        with pytest.raises(ConfigError, match=f"from 1 to 360. Received: {images}"):
            measure_classification(model, digits, 1, images=images)

    def test_what_cannot_classify(
        self, finished_run: Run, autoencoder_run: Run, model: VAE, digits: Dataset
    ) -> None:
        with pytest.raises(ConfigError, match="Received: a VAE that was trained without labels"):
            measure_classification(finished_run.load_model(), digits)
        with pytest.raises(ConfigError, match="Received: an autoencoder"):
            measure_classification(autoencoder_run.load_model(), digits)
        with pytest.raises(ConfigError, match="Received: 0"):
            measure_classification(model, dataclasses.replace(digits), 0)
