"""The objective against closed forms, numerical integration and Keras; the schedules."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, special, stats

from vae.config import Config
from vae.objective import beta_at, gaussian_kl, learning_rate_at, reconstruction_nats
from vae.presets import PRESETS

GENERATOR = np.random.default_rng(0)
GREY = GENERATOR.random((6, 5, 4, 3)).astype(np.float32)
LOGITS = GENERATOR.normal(0.0, 3.0, GREY.shape).astype(np.float32)


def kl_by_integration(mean: float, log_var: float) -> float:
    posterior = stats.norm(mean, math.exp(log_var / 2))
    spread = 12 * posterior.std()

    def integrand(z: float) -> float:
        return posterior.pdf(z) * (posterior.logpdf(z) - stats.norm.logpdf(z))

    return integrate.quad(integrand, mean - spread, mean + spread, limit=200)[0]


class TestBasics:
    def test_shapes(self) -> None:
        assert reconstruction_nats(GREY, LOGITS).shape == (6,)
        assert gaussian_kl(np.zeros((6, 3)), np.zeros((6, 3))).shape == (6, 3)

    def test_each_image_counts_alone(self) -> None:
        together = reconstruction_nats(GREY, LOGITS)
        alone = [reconstruction_nats(GREY[i : i + 1], LOGITS[i : i + 1])[0] for i in range(6)]
        np.testing.assert_allclose(together, alone, rtol=1e-6)


class TestKl:
    @pytest.mark.parametrize(
        ("mean", "log_var"),
        [(0.0, 0.0), (1.5, 0.0), (0.0, 1.2), (0.0, -3.0), (-2.0, 0.7), (4.0, -5.0)],
    )
    def test_equals_numerical_integration(self, mean: float, log_var: float) -> None:
        kl = float(gaussian_kl(np.float64(mean), np.float64(log_var)))
        assert kl == pytest.approx(kl_by_integration(mean, log_var), abs=1e-6)

    def test_is_zero_for_the_prior_alone(self) -> None:
        mean, log_var = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-3, 3, 41))
        kl = np.asarray(gaussian_kl(mean, log_var))
        assert (kl >= -1e-7).all()
        assert np.argwhere(np.abs(kl) < 1e-6).tolist() == [[20, 20]]

    def test_known_value(self) -> None:
        # KL(N(1, e) || N(0, 1)) = (1 + e - 1 - 1) / 2
        assert float(gaussian_kl(1.0, 1.0)) == pytest.approx((math.e - 1.0) / 2.0)

    def test_is_half_the_lectures_expression(self) -> None:
        mean, log_var = GENERATOR.normal(size=(2, 7, 4))
        lecture = -(1 + log_var - mean**2 - np.exp(log_var))
        np.testing.assert_allclose(gaussian_kl(mean, log_var), lecture / 2, rtol=1e-5)


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


class TestLecture:
    def test_the_loss_in_nats_over_784_is_the_lectures_formula(self) -> None:
        x = GENERATOR.random((9, 28, 28, 1))
        logits = GENERATOR.normal(size=x.shape)
        mean, log_var = GENERATOR.normal(size=(2, 9, 4))
        # The lecture's lines, in NumPy.
        z_decoded = special.expit(logits)
        recon_loss = -(x * np.log(z_decoded) + (1 - x) * np.log(1 - z_decoded)).ravel().mean()
        kl_loss = -1e-4 * np.mean(1 + log_var - mean**2 - np.exp(log_var), axis=-1)
        lecture = np.mean(recon_loss + kl_loss)
        nats = np.mean(reconstruction_nats(x, logits))
        kl = np.mean(np.sum(gaussian_kl(mean, log_var), axis=1))
        beta = PRESETS["lecture"].beta
        assert (nats + beta * kl) / 784 == pytest.approx(lecture, rel=1e-6)


class TestSchedules:
    def test_beta_without_warm_up_is_constant(self) -> None:
        assert [beta_at(Config(beta=0.7), epoch) for epoch in (1, 2, 500)] == [0.7] * 3

    def test_beta_rises_in_equal_steps_from_above_zero(self) -> None:
        config = Config(beta=2.0, kl_warmup=3)
        betas = [beta_at(config, epoch) for epoch in range(1, 7)]
        assert betas == pytest.approx([0.5, 1.0, 1.5, 2.0, 2.0, 2.0])

    def test_constant_learning_rate(self) -> None:
        config = Config(learning_rate=0.02)
        assert {learning_rate_at(config, step, 10) for step in range(10)} == {0.02}

    def test_cosine_is_half_a_cosine(self) -> None:
        config = Config(learning_rate=0.02, schedule="cosine")
        rates = [learning_rate_at(config, step, 100) for step in range(101)]
        assert rates[0] == 0.02
        assert rates[50] == pytest.approx(0.01)
        assert rates[100] == pytest.approx(0.0, abs=1e-12)
        np.testing.assert_allclose(rates, 0.01 * (1 + np.cos(np.linspace(0, np.pi, 101))))

    def test_cosine_equals_keras(self) -> None:
        config = Config(learning_rate=0.02, schedule="cosine")
        schedule = keras.optimizers.schedules.CosineDecay(0.02, 100)
        for step in (0, 1, 33, 99):
            expected = float(schedule(step))
            assert learning_rate_at(config, step, 100) == pytest.approx(expected, abs=1e-8)
