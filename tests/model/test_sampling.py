"""Gaussian noise: the reparametrisation, its temperature, and none of it in validation."""

from __future__ import annotations

import numpy as np

from tests.model.small_vae import SMALL, noise_of, pixels
from vae.data.datasets import Dataset
from vae.model.base import build
from vae.model.sampling import Sampling


class TestSampling:
    def test_is_the_reparametrisation(self) -> None:
        mean = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
        log_var = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
        expected = mean + np.exp(log_var / 2) * noise_of(SMALL, 6)
        np.testing.assert_allclose(Sampling(seed=SMALL.seed)(mean, log_var), expected, rtol=1e-6)

    def test_has_the_posteriors_moments(self) -> None:
        mean = np.full((200_000, 2), [3.0, -1.0], np.float32)
        log_var = np.full((200_000, 2), [np.log(4.0), np.log(0.25)], np.float32)
        z = np.asarray(Sampling(seed=0)(mean, log_var), np.float64)
        # Five standard errors: sigma / sqrt(N), and sigma / sqrt(2 N) for sigma itself.
        np.testing.assert_allclose(z.mean(axis=0), [3.0, -1.0], atol=5 * 2.0 / 447)
        np.testing.assert_allclose(z.std(axis=0), [2.0, 0.5], rtol=5 / 632)
        assert abs(np.corrcoef(z.T)[0, 1]) < 5 / 447

    def test_noise_is_a_temperature(self) -> None:
        mean, log_var = np.full((6, 3), 2.0, np.float32), np.zeros((6, 3), np.float32)
        for noise in (0.0, 0.5, 2.0):
            expected = mean + noise * noise_of(SMALL, 6)
            z = Sampling(seed=SMALL.seed)(mean, log_var, noise=noise)
            np.testing.assert_allclose(z, expected, rtol=1e-6)

    def test_an_epsilon_may_be_passed(self) -> None:
        mean, log_var = np.zeros((2, 3), np.float32), np.log(np.full((2, 3), 4.0, np.float32))
        sampling, other = Sampling(seed=1), Sampling(seed=1)
        epsilon = np.arange(6, dtype=np.float32).reshape(2, 3)
        with sampling.fixed_noise(epsilon):
            np.testing.assert_allclose(sampling(mean, log_var), 2 * epsilon, rtol=1e-6)
        # Nothing was sampled meanwhile.
        np.testing.assert_array_equal(sampling(mean, log_var), other(mean, log_var))

    def test_validation_has_the_posterior_as_it_is(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        models = [build(SMALL.replace(noise=noise), (8, 8, 1)) for noise in (0.0, 1.0)]
        silent, plain = (model(x)["logits"] for model in models)
        np.testing.assert_array_equal(silent, plain)
        silent, plain = (model(x, training=True)["logits"] for model in models)
        assert not np.array_equal(silent, plain)
        again = models[0](x, training=True)["logits"]
        np.testing.assert_array_equal(silent, again)  # without noise there is nothing to sample
