"""The objective against closed forms, numerical integration and Keras; the schedules."""

from __future__ import annotations

import math
from itertools import pairwise

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, special, stats

from vae.config import Config
from vae.model.objective import (
    beta_at,
    capacity_at,
    capacity_gap,
    free_kl,
    gaussian_kl,
    importance_weighted_nats,
    learning_rate_at,
    reconstruction_nats,
)
from vae.presets import PRESETS

GENERATOR = np.random.default_rng(0)


def kl_by_integration(mean: float, log_var: float) -> float:
    posterior = stats.norm(mean, math.exp(log_var / 2))
    spread = 12 * posterior.std()

    def integrand(z: float) -> float:
        return posterior.pdf(z) * (posterior.logpdf(z) - stats.norm.logpdf(z))

    return integrate.quad(integrand, mean - spread, mean + spread, limit=200)[0]


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


class TestFreeBits:
    KL = np.array([[0.1, 0.9, 3.0], [0.2, 0.0, 1.0]], np.float32)  # means 0.15, 0.45, 2

    def test_a_dimension_costs_at_least_what_is_free(self) -> None:
        assert float(free_kl(self.KL, 0.5)) == pytest.approx(0.5 + 0.5 + 2.0)
        # The mean over the batch is what counts: 0.9 in one image alone is no reason.
        assert float(free_kl(self.KL, 0.3)) == pytest.approx(0.3 + 0.45 + 2.0)

    def test_without_any_it_is_the_kl(self) -> None:
        assert float(free_kl(self.KL, 0.0)) == pytest.approx(self.KL.sum(axis=1).mean())

    def test_nothing_presses_a_dimension_that_is_below(self) -> None:
        mean = tf.constant([[0.1, 0.5, 2.0], [-0.1, 1.5, -2.0]])
        with tf.GradientTape() as tape:
            tape.watch(mean)
            kl = free_kl(gaussian_kl(mean, tf.zeros_like(mean)), 0.5)
        # The means over the batch are 0.005, 0.625 and 2; the KL's own gradient is mean / N.
        expected = np.array([[0.0, 0.25, 1.0], [0.0, 0.75, -1.0]])
        np.testing.assert_allclose(tape.gradient(kl, mean), expected, rtol=1e-6)


class TestCapacity:
    KL = np.array([[0.1, 0.9, 3.0], [0.2, 0.0, 1.0]], np.float32)  # 4 and 1.2, so 2.6

    @pytest.mark.parametrize(("capacity", "gap"), [(0.0, 2.6), (2.0, 0.6), (2.6, 0.0), (5.0, 2.4)])
    def test_is_the_distance_of_the_mean_over_the_batch(self, capacity: float, gap: float) -> None:
        assert float(capacity_gap(self.KL, capacity)) == pytest.approx(gap, abs=1e-6)

    @pytest.mark.parametrize(("capacity", "sign"), [(1.0, 1.0), (1.999, 1.0), (2.001, -1.0)])
    def test_its_gradient_turns_where_the_kl_is_the_capacity(
        self, capacity: float, sign: float
    ) -> None:
        mean = tf.constant([[0.0, 2.0], [-2.0, 0.0]])  # a KL of 2 nats in each image
        with tf.GradientTape() as tape:
            tape.watch(mean)
            gap = capacity_gap(gaussian_kl(mean, tf.zeros_like(mean)), capacity)
        # The KL's own gradient is mean / N: it is pressed down above the capacity, up below.
        np.testing.assert_allclose(tape.gradient(gap, mean), sign * mean / 2, rtol=1e-6)


class TestImportanceWeighted:
    """x = z + e, e ~ N(0, 1): p(x) = N(0, 2) is known, and so is the posterior N(x / 2, 1 / 2)."""

    X = np.array([-1.5, 0.2, 3.0])

    def bounds(self, k: int, mean: np.ndarray, log_var: float, samples: int = 4000) -> np.ndarray:
        """The bound of each x, as the mean of so many samples; and that of all samples in one."""
        mean = np.tile(mean, samples)[:, None].astype(np.float32)  # (N, 1)
        log_vars = np.full_like(mean, log_var)
        epsilon = np.random.default_rng(k).normal(size=(k, *mean.shape))
        z = (mean + np.exp(log_vars / 2) * epsilon).astype(np.float32)
        nats = -stats.norm.logpdf(np.tile(self.X, samples), z[..., 0]).astype(np.float32)
        found = importance_weighted_nats(nats, z, mean, log_vars)
        return np.asarray(found, np.float64).reshape(samples, 3).mean(axis=0)

    def test_with_the_exact_posterior_it_is_the_likelihood(self) -> None:
        exact = -stats.norm.logpdf(self.X, scale=math.sqrt(2.0))
        for k in (1, 5):
            found = self.bounds(k, self.X / 2, math.log(0.5), samples=1)
            np.testing.assert_allclose(found, exact, rtol=1e-5)

    def test_one_sample_is_the_elbo(self) -> None:
        mean, log_var = np.array([0.3, -0.5, 1.0]), -0.2
        variance = math.exp(log_var)
        # E[-log p(x|z)] in closed form, and the KL.
        nats = 0.5 * (math.log(2 * math.pi) + (self.X - mean) ** 2 + variance)
        elbo = nats + np.asarray(gaussian_kl(mean, np.full(3, log_var)))
        np.testing.assert_allclose(self.bounds(1, mean, log_var, samples=40_000), elbo, rtol=0.02)

    def test_more_samples_are_a_tighter_bound(self) -> None:
        mean, log_var = np.array([0.3, -0.5, 1.0]), -0.2
        exact = -stats.norm.logpdf(self.X, scale=math.sqrt(2.0))
        found = [self.bounds(k, mean, log_var) for k in (1, 3, 10, 100)]
        for looser, tighter in pairwise(found):
            assert (looser > tighter).all()
        assert (found[-1] > exact - 0.01).all()
        np.testing.assert_allclose(found[-1], exact, atol=0.05)

    def test_beta_weighs_prior_and_posterior(self) -> None:
        z = np.zeros((2, 1, 1), np.float32)
        nats = np.array([[1.0], [2.0]], np.float32)
        found = importance_weighted_nats(nats, z, z[0], z[0], 0.0)
        expected = -math.log((math.exp(-1.0) + math.exp(-2.0)) / 2)
        assert float(found[0]) == pytest.approx(expected, rel=1e-6)


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

    def test_a_cycle_begins_anew(self) -> None:
        # Fu et al. 2019: 4 cycles in 20 epochs, of which half rises.
        config = Config(beta=1.0, kl_warmup=2, kl_cycle=5)
        betas = [beta_at(config, epoch) for epoch in range(1, 21)]
        assert betas == pytest.approx([1 / 3, 2 / 3, 1.0, 1.0, 1.0] * 4)

    def test_a_cycle_longer_than_the_run_is_one_warm_up(self) -> None:
        once, long = Config(kl_warmup=3), Config(kl_warmup=3, kl_cycle=30)
        assert [beta_at(once, e) for e in range(1, 31)] == [beta_at(long, e) for e in range(1, 31)]

    def test_a_capacity_rises_instead_of_beta(self) -> None:
        config = Config(beta=50.0, capacity=12.0, kl_warmup=3)
        assert [capacity_at(config, epoch) for epoch in range(1, 7)] == [3, 6, 9, 12, 12, 12]
        assert {beta_at(config, epoch) for epoch in range(1, 7)} == {50.0}
        cycle = [capacity_at(config.replace(kl_cycle=5), epoch) for epoch in range(1, 8)]
        assert cycle == [3, 6, 9, 12, 12, 3, 6]
        assert capacity_at(config.replace(kl_warmup=0), 1) == 12.0

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
