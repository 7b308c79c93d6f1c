"""The reconstruction terms against closed forms and Keras."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, special, stats

from vae.model.objective import (
    continuous_bernoulli_nats,
    gaussian_kl,
    gaussian_nats,
    reconstruction_nats,
)

GENERATOR = np.random.default_rng(0)
GREY = GENERATOR.random((6, 5, 4, 3)).astype(np.float32)
LOGITS = GENERATOR.normal(0.0, 3.0, GREY.shape).astype(np.float32)


class TestBasics:
    def test_shapes(self) -> None:
        assert reconstruction_nats(GREY, LOGITS).shape == (6,)
        assert gaussian_kl(np.zeros((6, 3)), np.zeros((6, 3))).shape == (6, 3)

    def test_each_image_counts_alone(self) -> None:
        together = reconstruction_nats(GREY, LOGITS)
        alone = [reconstruction_nats(GREY[i : i + 1], LOGITS[i : i + 1])[0] for i in range(6)]
        np.testing.assert_allclose(together, alone, rtol=1e-6)


class TestReconstruction:
    def test_grey_levels_against_scipy(self) -> None:
        x, p = GREY.astype(np.float64), special.expit(LOGITS.astype(np.float64))
        nats = -(special.xlogy(x, p) + special.xlog1py(1 - x, -p)).sum(axis=(1, 2, 3))
        np.testing.assert_allclose(reconstruction_nats(GREY, LOGITS), nats, rtol=1e-5)

    def test_black_and_white_is_a_bernoulli_likelihood(self) -> None:
        x = (GREY > 0.5).astype(np.float32)
        p = special.expit(LOGITS.astype(np.float64))
        nats = -stats.bernoulli.logpmf(x.astype(int), p).sum(axis=(1, 2, 3))
        np.testing.assert_allclose(reconstruction_nats(x, LOGITS), nats, rtol=1e-5)

    def test_is_keras_binary_cross_entropy_times_the_pixels(self) -> None:
        mean = keras.losses.binary_crossentropy(
            GREY.reshape(6, 60), LOGITS.reshape(6, 60), from_logits=True
        )
        np.testing.assert_allclose(reconstruction_nats(GREY, LOGITS), 60 * mean, rtol=1e-5)

    def test_the_best_answer_to_a_grey_level_is_that_grey_level(self) -> None:
        levels = np.full((1, 1, 1, 1), 0.3, np.float32)
        logits = np.linspace(-3, 3, 6001, dtype=np.float32).reshape(-1, 1, 1, 1)
        nats = np.asarray(reconstruction_nats(np.broadcast_to(levels, logits.shape), logits))
        best = special.expit(logits.ravel()[nats.argmin()])
        assert best == pytest.approx(0.3, abs=2e-3)
        assert nats.min() == pytest.approx(stats.bernoulli.entropy(0.3), abs=1e-6)

    @pytest.mark.parametrize("logit", [-1e30, -1e4, -100.0, 100.0, 1e4, 1e30])
    @pytest.mark.parametrize("level", [0.0, 0.25, 1.0])
    def test_extreme_logits_stay_finite(self, logit: float, level: float) -> None:
        x, logits = tf.fill((1, 1, 1, 1), level), tf.fill((1, 1, 1, 1), logit)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            nats = reconstruction_nats(x, logits)
        wrong = 1.0 - level if logit > 0 else level  # the share that the logit speaks against
        assert nats.numpy()[0] == pytest.approx(wrong * abs(logit), rel=1e-6)
        gradient = tape.gradient(nats, logits).numpy().item()
        assert gradient == pytest.approx(float(logit > 0) - level, abs=1e-6)

    def test_gradient_is_sigmoid_minus_image(self) -> None:
        logits = tf.constant(LOGITS)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            nats = tf.reduce_sum(reconstruction_nats(GREY, logits))
        np.testing.assert_allclose(
            tape.gradient(nats, logits), special.expit(LOGITS) - GREY, atol=1e-6
        )


class TestContinuousBernoulli:
    @staticmethod
    def density(x: float, logit: float) -> float:
        image, logits = (np.full((1, 1, 1, 1), value, np.float64) for value in (x, logit))
        return math.exp(-float(continuous_bernoulli_nats(image, logits)[0]))

    @pytest.mark.parametrize("logit", [-8.0, -0.6, -0.5, -0.4999, -1e-3, 0.0, 1e-4, 0.3, 2.0, 9.0])
    def test_integrates_to_one(self, logit: float) -> None:
        total, _ = integrate.quad(self.density, 0.0, 1.0, args=(logit,))
        assert total == pytest.approx(1.0, abs=1e-5)

    def test_the_constant_of_the_paper(self) -> None:
        # Equation 8: C = 2 artanh(1 - 2 p) / (1 - 2 p), and 2 where p is one half.
        for p in (0.01, 0.2, 0.45, 0.499, 0.5, 0.501, 0.9):
            c = 2.0 * math.atanh(1 - 2 * p) / (1 - 2 * p) if p != 0.5 else 2.0
            logit = math.log(p) - math.log1p(-p)
            assert self.density(0.3, logit) == pytest.approx(c * p**0.3 * (1 - p) ** 0.7, rel=1e-5)

    def test_gradient_is_the_mean_less_the_image(self) -> None:
        # The derivative of -log p by the logit is E[x] - x, for any exponential family.
        levels = [-30.0, -3.0, -0.51, -0.49, -1e-3, 1e-6, 1e-3, 0.49, 0.51, 3.0, 30.0]
        logits = tf.reshape(tf.constant(levels), (-1, 1, 1, 1))
        with tf.GradientTape() as tape:
            tape.watch(logits)
            nats = tf.reduce_sum(continuous_bernoulli_nats(tf.fill(logits.shape, 0.3), logits))
        gradient = tape.gradient(nats, logits).numpy().ravel()
        means = [
            integrate.quad(lambda x, each=each: x * self.density(x, each), 0.0, 1.0)[0]
            for each in levels
        ]
        np.testing.assert_allclose(gradient, np.array(means) - 0.3, atol=2e-5)

    @pytest.mark.parametrize("logit", [-1e30, -1e4, 1e4, 1e30])
    def test_extreme_logits_stay_finite(self, logit: float) -> None:
        logits = tf.fill((1, 1, 1, 1), logit)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            nats = continuous_bernoulli_nats(tf.fill((1, 1, 1, 1), 0.25), logits)
        assert np.isfinite(nats.numpy()).all()
        assert np.isfinite(tape.gradient(nats, logits).numpy()).all()

    def test_each_image_is_a_sum_over_pixels(self) -> None:
        each = [
            [-math.log(self.density(x, logit)) for x, logit in zip(*pair, strict=True)]
            for pair in zip(GREY.reshape(6, -1), LOGITS.reshape(6, -1), strict=True)
        ]
        nats = continuous_bernoulli_nats(GREY, LOGITS)
        np.testing.assert_allclose(nats, np.sum(each, axis=1), rtol=1e-4)


class TestGaussian:
    @pytest.mark.parametrize("log_var", [-4.0, 0.0, 1.3])
    def test_equals_scipy(self, log_var: float) -> None:
        density = stats.norm(special.expit(LOGITS.astype(np.float64)), math.exp(log_var / 2))
        nats = -density.logpdf(GREY.astype(np.float64)).sum(axis=(1, 2, 3))
        np.testing.assert_allclose(gaussian_nats(GREY, LOGITS, log_var), nats, rtol=1e-5)

    def test_the_best_variance_is_the_mean_square(self) -> None:
        best = float(np.mean((GREY - special.expit(LOGITS)) ** 2))
        log_var = tf.constant(math.log(best))
        with tf.GradientTape() as tape:
            tape.watch(log_var)
            nats = tf.reduce_mean(gaussian_nats(tf.constant(GREY), tf.constant(LOGITS), log_var))
        assert tape.gradient(nats, log_var).numpy() == pytest.approx(0.0, abs=1e-4)
