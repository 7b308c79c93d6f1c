"""What a model is worth: against NumPy, closed forms and numerical integration."""

from __future__ import annotations

import dataclasses
import gc
import math
import weakref

import keras
import numpy as np
import pytest
from scipy import special

from vae.config import Config
from vae.data.binarisation import binarise
from vae.data.datasets import Dataset
from vae.model.evaluate import evaluate
from vae.model.vae import VAE, build
from vae.runs.run import Run
from vae.statistics import ACTIVE_VARIANCE


def cross_entropy(x: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Nats per image, in float64: -log p(x|z)."""
    x, logits = np.asarray(x, np.float64), np.asarray(logits, np.float64)
    log_p, log_not_p = special.log_expit(logits), special.log_expit(-logits)
    return -(x * log_p + (1 - x) * log_not_p).sum(axis=(-3, -2, -1))


def noise(seed: keras.random.SeedGenerator, *shape: int) -> np.ndarray:
    return np.asarray(keras.random.normal(shape, seed=seed), np.float64)


def steep_model(latent_dim: int = 1) -> VAE:
    """An untrained model whose images depend strongly on z, and whose posterior is no prior."""
    model = build(Config(hidden=(16,), latent_dim=latent_dim, seed=2), (8, 8, 1))
    model.decoder.set_weights([weights * 1.5 for weights in model.decoder.get_weights()])
    model.encoder.get_layer("log_var").bias.assign(np.full(latent_dim, -0.5))
    return model


@pytest.fixture(scope="module")
def model(finished_run: Run) -> VAE:
    return finished_run.load_model()


class TestEvaluate:
    def test_a_model_is_compiled_once_and_can_go(self, digits: Dataset) -> None:
        model = steep_model()
        first, _ = evaluate(model, digits)
        model.decoder.set_weights([2.0 * weights for weights in model.decoder.get_weights()])
        assert evaluate(model, digits)[0]["loss"] != first["loss"]
        assert model.bound_terms.experimental_get_tracing_count() == 1
        freed = weakref.ref(model)
        del model
        gc.collect()
        assert freed() is None

    def test_equals_numpy(self, model: VAE, digits: Dataset) -> None:
        metrics, latents = evaluate(model, digits)
        x = digits.x_test / 255.0
        mean, log_var = (np.asarray(a, np.float64) for a in model.encoder(x.astype(np.float32)))
        # One sample for each of the 360 images, sampled at once, with seed 0.
        z = mean + np.exp(log_var / 2) * noise(keras.random.SeedGenerator(0), 360, 2)
        each = cross_entropy(x, model.decoder_logits(z.astype(np.float32)))
        kl_of_each = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var)
        nats, kl = each.mean(), kl_of_each.mean(axis=0)
        assert metrics["reconstruction"] == pytest.approx(nats, rel=1e-5)
        assert metrics["kl_per_dimension"] == pytest.approx(kl.tolist(), rel=1e-4)
        assert metrics["kl"] == pytest.approx(kl.sum(), rel=1e-4)
        assert metrics["elbo"] == pytest.approx(-(nats + kl.sum()), rel=1e-5)
        bounds = each + kl_of_each.sum(axis=1)
        assert metrics["elbo_standard_error"] == pytest.approx(
            bounds.std(ddof=1) / math.sqrt(360), rel=1e-4
        )
        assert metrics["reconstruction_per_class"] == pytest.approx(
            {str(digit): each[digits.y_test == digit].mean() for digit in range(10)}, rel=1e-5
        )
        assert metrics["bits_per_dimension"] == pytest.approx(
            (nats + kl.sum()) / 64 / math.log(2), rel=1e-5
        )
        assert metrics["lecture_loss"] == pytest.approx(nats / 64 + 1e-4 * 2 * kl.mean(), rel=1e-5)
        np.testing.assert_allclose(latents["mean"], mean, atol=1e-5)
        np.testing.assert_allclose(latents["log_var"], log_var, atol=1e-5)
        np.testing.assert_array_equal(latents["y"], digits.y_test)
        assert latents["mean"].dtype == latents["log_var"].dtype == np.float32

    def test_rate_and_distortion_make_the_elbo(self, model: VAE, digits: Dataset) -> None:
        metrics, _ = evaluate(model, digits)
        assert (metrics["rate"], metrics["distortion"]) == (
            metrics["kl"],
            metrics["reconstruction"],
        )
        assert metrics["elbo"] == -(metrics["rate"] + metrics["distortion"])

    @pytest.mark.parametrize("binarisation", ["threshold", "fixed", "sampled"])
    def test_binarised_images(self, model: VAE, digits: Dataset, binarisation: str) -> None:
        binarised = dataclasses.replace(digits, x_test=binarise(digits.x_test, binarisation))
        (found, latents), (direct, expected) = (
            evaluate(model, digits, binarisation),
            evaluate(model, binarised, "none"),
        )
        words = {name: found[name] for name in ("treatment", "binarisation")}
        assert found == direct | words
        assert words["binarisation"] == binarisation
        assert words["treatment"].startswith("black and white")
        np.testing.assert_array_equal(latents["mean"], expected["mean"])
        assert found["loss"] != evaluate(model, digits)[0]["loss"]

    def test_the_binarisation_is_that_of_the_training(self, digits: Dataset) -> None:
        model = build(Config(hidden=(8,), latent_dim=2, binarisation="fixed"), (8, 8, 1))
        assert evaluate(model, digits)[0] == evaluate(model, digits, "fixed")[0]
        assert "statically" in evaluate(model, digits)[0]["treatment"]

    def test_classes_without_test_images_have_no_mean(self, model: VAE, digits: Dataset) -> None:
        few = digits.y_test < 2
        part = dataclasses.replace(digits, x_test=digits.x_test[few], y_test=digits.y_test[few])
        assert set(evaluate(model, part)[0]["reconstruction_per_class"]) == {"0", "1"}
        one = dataclasses.replace(digits, x_test=digits.x_test[:1], y_test=digits.y_test[:1])
        assert evaluate(model, one)[0]["elbo_standard_error"] == 0.0

    def test_loss_has_the_configurations_beta(self, digits: Dataset) -> None:
        model = build(Config(hidden=(8,), latent_dim=2, beta=7.0), (8, 8, 1))
        metrics, _ = evaluate(model, digits)
        assert metrics["kl"] > 0.0
        assert metrics["loss"] == pytest.approx(
            metrics["reconstruction"] + 7.0 * metrics["kl"], rel=1e-12
        )

    def test_same_answer_every_time(self, model: VAE, digits: Dataset) -> None:
        assert evaluate(model, digits)[0] == evaluate(model, digits)[0]

    def test_an_autoencoder_deterministically(self, autoencoder_run: Run, digits: Dataset) -> None:
        metrics, _ = evaluate(autoencoder_run.load_model(), digits)
        decoded = autoencoder_run.decode(autoencoder_run.encode(digits.x_test)[0])
        nats = cross_entropy(digits.x_test / 255.0, special.logit(decoded.astype(np.float64)))
        assert metrics["reconstruction"] == pytest.approx(nats.mean(), rel=1e-4)
        assert metrics["loss"] == metrics["reconstruction"]
        assert metrics["kl"] == 0.0
        # A point has no density, and so no bound on the likelihood.
        assert not {"elbo", "rate", "bits_per_dimension", "kl_per_dimension"} & set(metrics)
        assert metrics["distortion"] == metrics["reconstruction"]

    @pytest.mark.parametrize("likelihood", ["continuous_bernoulli", "gaussian"])
    def test_a_density_has_no_bits(self, likelihood: str, digits: Dataset) -> None:
        """They were negative, and eight bits more are a bound with uniform noise alone."""
        model = build(Config(hidden=(8,), latent_dim=2, likelihood=likelihood), (8, 8, 1))
        metrics, _ = evaluate(model, digits)
        assert "elbo" in metrics
        assert "bits_per_dimension" not in metrics

    def test_active_units(self, digits: Dataset) -> None:
        model = build(Config(hidden=(16,), latent_dim=4, seed=1), (8, 8, 1))
        head = model.encoder.get_layer("mean")
        spread = np.asarray(model.encoder(digits.x_test / np.float32(255))[0]).std(axis=0)
        # Standard deviations of 1, a bit above, a bit below the threshold, and 0.
        wanted = np.array([1.0, 1.05 * ACTIVE_VARIANCE**0.5, 0.95 * ACTIVE_VARIANCE**0.5, 0.0])
        head.kernel.assign(head.kernel.numpy() * (wanted / spread).astype(np.float32))
        head.bias.assign([0.0, 5.0, 5.0, 5.0])  # a mean that is far off but constant is not active
        assert evaluate(model, digits)[0]["active_units"] == 2

    def test_test_images_alone_count(self, model: VAE, digits: Dataset) -> None:
        other = dataclasses.replace(digits, x_train=255 - digits.x_train)
        assert evaluate(model, other)[0] == evaluate(model, digits)[0]
