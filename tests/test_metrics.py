"""What a model is worth: against NumPy, closed forms and numerical integration."""

from __future__ import annotations

import dataclasses
import math

import keras
import numpy as np
import pytest
from scipy import integrate, special, stats

from vae.config import Config
from vae.datasets import Dataset
from vae.errors import ConfigError
from vae.metrics import evaluate, importance_sampled_nll
from vae.model import VAE, build
from vae.runs import Run
from vae.traversals import ACTIVE_VARIANCE


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
    def test_equals_numpy(self, model: VAE, digits: Dataset) -> None:
        metrics, latents = evaluate(model, digits)
        x = digits.x_test / 255.0
        mean, log_var = (np.asarray(a, np.float64) for a in model.encoder(x.astype(np.float32)))
        # One sample for each of the 360 images, drawn at once, with seed 0.
        z = mean + np.exp(log_var / 2) * noise(keras.random.SeedGenerator(0), 360, 2)
        nats = cross_entropy(x, model.decoder_logits(z.astype(np.float32))).mean()
        kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).mean(axis=0)
        assert metrics["reconstruction"] == pytest.approx(nats, rel=1e-5)
        assert metrics["kl_per_dimension"] == pytest.approx(kl.tolist(), rel=1e-4)
        assert metrics["kl"] == pytest.approx(kl.sum(), rel=1e-4)
        assert metrics["elbo"] == pytest.approx(-(nats + kl.sum()), rel=1e-5)
        assert metrics["bits_per_dimension"] == pytest.approx(
            (nats + kl.sum()) / 64 / math.log(2), rel=1e-5
        )
        assert metrics["lecture_loss"] == pytest.approx(nats / 64 + 1e-4 * 2 * kl.mean(), rel=1e-5)
        np.testing.assert_allclose(latents["mean"], mean, atol=1e-5)
        np.testing.assert_allclose(latents["log_var"], log_var, atol=1e-5)
        np.testing.assert_array_equal(latents["y"], digits.y_test)
        assert latents["mean"].dtype == latents["log_var"].dtype == np.float32

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
        assert not {"elbo", "bits_per_dimension", "kl_per_dimension"} & set(metrics)

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


class TestImportanceSampling:
    def test_a_decoder_that_ignores_z(self, digits: Dataset) -> None:
        # All weights 0: logits are 0 and the posterior is the prior, so p(x) is known exactly.
        model = build(Config(hidden=(4,), latent_dim=3), (8, 8, 1))
        model.set_weights([np.zeros_like(weights) for weights in model.get_weights()])
        for samples in (1, 60):
            result = importance_sampled_nll(model, digits.x_test[:5], samples)
            assert result["nll"] == pytest.approx(64 * math.log(2), rel=1e-6)
            assert result["nll_standard_error"] == pytest.approx(0.0, abs=1e-4)
            assert result["importance_samples"] == samples

    def test_equals_numerical_integration_over_z(self, digits: Dataset) -> None:
        model, images = steep_model(), digits.x_test[:6]
        grid = np.linspace(-8, 8, 4001)
        logits = np.asarray(model.decoder_logits(grid[:, None].astype(np.float32)))
        nll = []
        for image in images:
            log_joint = stats.norm.logpdf(grid) - cross_entropy(image / 255.0, logits)
            top = log_joint.max()
            nll.append(-(top + math.log(integrate.simpson(np.exp(log_joint - top), x=grid))))
        result = importance_sampled_nll(model, images, 5000)
        assert result["nll"] == pytest.approx(np.mean(nll), abs=0.03)

    def test_streams_to_the_same_value_as_all_at_once(self, digits: Dataset) -> None:
        model, images = steep_model(3), digits.x_test[:7]
        x = images / 255.0
        mean, log_var = (np.asarray(a, np.float64) for a in model.encoder(x.astype(np.float32)))
        seed = keras.random.SeedGenerator(4)
        # The sampler draws 50 codes of each image at once; 120 are two such parts and a rest.
        epsilon = np.concatenate([noise(seed, count, 7, 3) for count in (50, 50, 20)])
        z = mean + np.exp(log_var / 2) * epsilon  # (120, 7, 3)
        logits = np.asarray(model.decoder_logits(z.reshape(-1, 3).astype(np.float32)))
        log_weights = (
            -cross_entropy(x, logits.reshape(120, 7, 8, 8, 1))
            + stats.norm.logpdf(z).sum(axis=-1)
            - stats.norm.logpdf(z, mean, np.exp(log_var / 2)).sum(axis=-1)
        )
        nll = math.log(120) - special.logsumexp(log_weights, axis=0)
        result = importance_sampled_nll(model, images, 120, seed=4)
        assert result["nll"] == pytest.approx(nll.mean(), rel=1e-5)
        assert result["nll_standard_error"] == pytest.approx(
            nll.std(ddof=1) / math.sqrt(7), rel=1e-3
        )

    def test_one_sample_is_the_elbo_in_expectation(self, digits: Dataset) -> None:
        many = np.repeat(digits.x_test[:100], 100, axis=0)
        model = steep_model(3)
        repeated = dataclasses.replace(digits, x_test=many, y_test=np.zeros(len(many), np.uint8))
        elbo = evaluate(model, repeated)[0]["elbo"]
        result = importance_sampled_nll(model, many, 1)
        assert result["nll"] == pytest.approx(-elbo, abs=4 * result["nll_standard_error"])
        assert result["nll_standard_error"] < 0.2

    def test_more_samples_bind_tighter(self, model: VAE, digits: Dataset) -> None:
        elbo = evaluate(model, digits)[0]["elbo"]
        bounds = [
            importance_sampled_nll(model, digits.x_test, samples)["nll"]
            for samples in (1, 5, 50, 500)
        ]
        assert bounds[0] == pytest.approx(-elbo, abs=0.5)
        assert bounds == sorted(bounds, reverse=True)
        assert bounds[-1] < -elbo

    def test_the_seed_draws(self, model: VAE, digits: Dataset) -> None:
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
