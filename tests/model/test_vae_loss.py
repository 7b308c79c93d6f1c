"""The loss of a VAE: its formula, its gradients, and what the settings change of it."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.model.small_vae import SMALL, noise_of, pixels
from vae.architecture import FIRST_PIXEL_LOG_VAR
from vae.config import Config
from vae.data.datasets import Dataset
from vae.model.base import build
from vae.model.objective import (
    continuous_bernoulli_nats,
    gaussian_kl,
    gaussian_nats,
    reconstruction_nats,
)
from vae.model.vae import VAE


def losses(model: VAE, images: np.ndarray) -> dict[str, float]:
    model.reset_metrics()
    loss = model.compute_loss(images, None, model(images))
    return {
        "loss": float(loss),
        "reconstruction": float(model.reconstruction.result()),
        "kl": float(model.kl.result()),
    }


class TestLoss:
    def test_is_reconstruction_plus_beta_kl(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        parts = losses(build(SMALL, (8, 8, 1)), x)
        assert parts["loss"] == pytest.approx(parts["reconstruction"] + 0.3 * parts["kl"], rel=1e-6)
        assert parts["kl"] > 0.0

    def test_equals_its_formula(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        model = build(SMALL, (8, 8, 1))
        mean, log_var = (np.asarray(a, np.float64) for a in model.encoder(x))
        z = mean + np.exp(log_var / 2) * noise_of(SMALL, 20)
        p = np.asarray(model.decoder(z.astype(np.float32)), np.float64)
        nats = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2, 3)).mean()
        kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).sum(axis=1).mean()
        parts = losses(model, x)
        assert parts["reconstruction"] == pytest.approx(nats, rel=1e-5)
        assert parts["kl"] == pytest.approx(kl, rel=1e-4)
        assert parts["loss"] == pytest.approx(nats + 0.3 * kl, rel=1e-5)

    def test_gradients_equal_those_of_the_formula(self, digits: Dataset) -> None:
        x = tf.constant(pixels(digits, 20))
        model, twin = build(SMALL, (8, 8, 1)), build(SMALL, (8, 8, 1))
        with tf.GradientTape() as tape:
            loss = model.compute_loss(x, None, model(x))
        gradients = tape.gradient(loss, model.trainable_variables)
        with tf.GradientTape() as tape:
            mean, log_var = twin.encoder(x)
            z = mean + tf.exp(log_var / 2) * noise_of(SMALL, 20)
            nats = tf.nn.sigmoid_cross_entropy_with_logits(x, twin.decoder_logits(z))
            kl = -0.5 * (1 + log_var - mean**2 - tf.exp(log_var))
            expected_loss = (tf.reduce_sum(nats) + 0.3 * tf.reduce_sum(kl)) / 20
        expected = tape.gradient(expected_loss, twin.trainable_variables)
        assert len(gradients) == len(expected) == 10
        for a, b in zip(gradients, expected, strict=True):
            assert np.abs(b).max() > 0.0
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)

    def test_free_bits_are_what_the_optimizer_sees(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        model = build(SMALL.replace(free_bits=0.1), (8, 8, 1))
        kl = np.asarray(gaussian_kl(*model.encoder(x)), np.float64).mean(axis=0)
        assert (kl < 0.1).any()
        assert (kl > 0.1).any()
        parts = losses(model, x)
        expected = parts["reconstruction"] + 0.3 * np.maximum(kl, 0.1).sum()
        assert parts["loss"] == pytest.approx(expected, rel=1e-6)
        assert parts["kl"] == pytest.approx(kl.sum(), rel=1e-5)  # the whole KL is reported

    def test_a_capacity_is_what_the_kl_is_held_at(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        model = build(SMALL.replace(capacity=2.0), (8, 8, 1))
        kl = np.asarray(gaussian_kl(*model.encoder(x)), np.float64).sum(axis=1).mean()
        for capacity in (2.0, kl / 2):  # above the KL, and below it
            model.capacity.assign(capacity)
            parts = losses(model, x)
            expected = parts["reconstruction"] + 0.3 * abs(kl - capacity)
            assert parts["loss"] == pytest.approx(expected, rel=1e-6)
            assert parts["kl"] == pytest.approx(kl, rel=1e-5)  # the whole KL is reported

    def test_without_a_capacity_there_is_none(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        model, twin = build(SMALL, (8, 8, 1)), build(SMALL, (8, 8, 1))
        twin.capacity.assign(1000.0)
        assert losses(model, x) == losses(twin, x)

    def test_importance_samples_raise_the_tighter_bound(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        model = build(SMALL.replace(importance_samples=5, beta=1.0), (8, 8, 1))
        outputs = model(x, training=True)
        assert outputs["z"].shape == (5, 20, 3)
        assert len(np.unique(outputs["z"][:, 0, 0])) == 5
        model.reset_metrics()
        bound = float(model.compute_loss(x, None, outputs))
        kl = np.asarray(gaussian_kl(*model.encoder(x))).sum(axis=1).mean()
        nats = np.mean([reconstruction_nats(x, model.decoder_logits(z)) for z in outputs["z"]])
        # What is reported is the ELBO of these samples, which the bound never exceeds by much.
        assert float(model.reconstruction.result()) == pytest.approx(nats, rel=1e-5)
        assert float(model.kl.result()) == pytest.approx(kl, rel=1e-5)
        assert nats + kl - 3.0 < bound < nats + kl + 0.5
        assert "z" not in model(x)  # validation measures the ELBO

    def test_each_likelihood_is_the_one_that_the_configuration_names(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        logits = np.random.default_rng(0).normal(size=x.shape).astype(np.float32)
        expected = {
            "bernoulli": reconstruction_nats(x, logits),
            "continuous_bernoulli": continuous_bernoulli_nats(x, logits),
            "gaussian": gaussian_nats(x, logits, FIRST_PIXEL_LOG_VAR),
        }
        for name, nats in expected.items():
            model = build(SMALL.replace(likelihood=name), (8, 8, 1))
            np.testing.assert_array_equal(model.reconstruction_nats(x, logits), nats)

    def test_the_variance_is_learned(self, digits: Dataset) -> None:
        model = build(Config(hidden=(32,), latent_dim=3, likelihood="gaussian"), (8, 8, 1))
        model.compile(optimizer=keras.optimizers.Adam(1e-2))
        x = pixels(digits, 1000)
        history = model.fit(x, batch_size=50, epochs=15, verbose=0).history
        squares = np.square(model.decoder(model.call(x)["mean"]) - x).mean()
        # It sampled z, which costs a little more than the mean does.
        assert 0.9 * squares < np.exp(float(model.pixel_log_var)) < 2.0 * squares
        assert history["reconstruction"][-1] < 0.5 * history["reconstruction"][0]

    def test_beta_can_change_between_steps(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        model = build(SMALL, (8, 8, 1))
        model.beta.assign(0.0)
        parts = losses(model, x)
        assert parts["loss"] == pytest.approx(parts["reconstruction"], rel=1e-6)
        assert parts["kl"] > 0.0

    def test_noise_can_change_between_steps(self, digits: Dataset) -> None:
        # Without a new trace: in the compiled step too.
        model, x = build(SMALL, (8, 8, 1)), tf.constant(pixels(digits, 20))
        step = tf.function(lambda: model(x, training=True)["logits"])
        assert not np.array_equal(step(), step())
        model.noise.assign(0.0)
        np.testing.assert_array_equal(step(), step())
        assert step.experimental_get_tracing_count() == 1

    def test_neither_beta_nor_noise_nor_capacity_is_a_parameter(self) -> None:
        names = {weights.name for weights in build(SMALL, (8, 8, 1)).weights}
        assert not names & {"beta", "noise", "capacity"}

    def test_an_autoencoder_has_neither_noise_nor_kl(self, digits: Dataset) -> None:
        x = pixels(digits, 20)
        model = build(SMALL.replace(kind="autoencoder", beta=0.0), (8, 8, 1))
        p = np.asarray(model.decoder(model.encoder(x)[0]), np.float64)
        nats = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2, 3)).mean()
        first = losses(model, x)
        for _ in range(2):
            parts = losses(model, x)
            assert parts == first
            assert parts["kl"] == 0.0
            assert parts["loss"] == parts["reconstruction"] == pytest.approx(nats, rel=1e-5)
