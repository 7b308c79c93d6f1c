"""The VAE as a Keras model: sampling, loss, gradients, and `fit` as in any notebook."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

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
from vae.model.optimizers import make_optimizer
from vae.model.sampling import Sampling
from vae.model.vae import VAE, MeanVector

SMALL = Config(hidden=(12,), latent_dim=3, beta=0.3, seed=11)


def pixels(dataset: Dataset, count: int) -> np.ndarray:
    return dataset.x_train[:count].astype(np.float32) / 255.0


def noise_of(config: Config, count: int) -> np.ndarray:
    """The first noise that a model of this configuration samples."""
    seed = keras.random.SeedGenerator(config.seed)
    return np.asarray(keras.random.normal((count, config.latent_dim), seed=seed))


def losses(model: VAE, images: np.ndarray) -> dict[str, float]:
    model.reset_metrics()
    loss = model.compute_loss(images, None, model(images))
    return {
        "loss": float(loss),
        "reconstruction": float(model.reconstruction.result()),
        "kl": float(model.kl.result()),
    }


@pytest.fixture(scope="module")
def fitted(digits: Dataset) -> tuple[VAE, keras.callbacks.History, np.ndarray]:
    """A model after compile and fit, what fit returned, and the weights before."""
    model = build(Config(hidden=(32,), latent_dim=3, seed=11), (8, 8, 1))
    before = np.concatenate([weights.ravel() for weights in model.get_weights()])
    model.compile(optimizer=keras.optimizers.Adam(1e-2))
    history = model.fit(
        pixels(digits, 1000),
        batch_size=64,
        epochs=15,
        validation_data=(digits.x_test.astype(np.float32) / 255.0,),
        verbose=0,
    )
    return model, history, before


class TestBasics:
    def test_call(self, digits: Dataset) -> None:
        outputs = build(SMALL, (8, 8, 1))(pixels(digits, 5))
        assert {name: value.shape for name, value in outputs.items()} == {
            "logits": (5, 8, 8, 1),
            "mean": (5, 3),
            "log_var": (5, 3),
        }

    def test_image_shape_may_be_a_list(self) -> None:
        assert build(SMALL, [8, 8, 1]).count_params() == build(SMALL, (8, 8, 1)).count_params()

    def test_same_seed_same_model(self, digits: Dataset) -> None:
        first, again = build(SMALL, (8, 8, 1)), build(SMALL, (8, 8, 1))
        other = build(SMALL.replace(seed=12), (8, 8, 1))
        x = pixels(digits, 5)
        for _ in range(2):  # the second call samples other noise, again the same for both
            a, b, c = first(x)["logits"], again(x)["logits"], other(x)["logits"]
            np.testing.assert_array_equal(a, b)
            assert not np.array_equal(a, c)

    def test_noise_is_sampled_anew(self, digits: Dataset) -> None:
        model = build(SMALL, (8, 8, 1))
        x = pixels(digits, 5)
        assert not np.array_equal(model(x)["logits"], model(x)["logits"])

    def test_mean_vector_weighs_images_not_batches(self) -> None:
        metric = MeanVector(2, "vector")
        metric.update_state(np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]))
        metric.update_state(np.array([[8.0, 80.0]]))
        np.testing.assert_allclose(metric.result(), [3.5, 35.0])
        metric.reset_state()
        np.testing.assert_array_equal(metric.result(), [0.0, 0.0])


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


class TestNotebook:
    def test_fit_learns_and_tells_the_three_names(self, fitted) -> None:
        model, history, before = fitted
        rows = history.history
        assert {"loss", "reconstruction", "kl", "val_loss", "val_reconstruction", "val_kl"} <= set(
            rows
        )
        assert rows["loss"][-1] < rows["loss"][0]
        assert rows["val_loss"][-1] < rows["val_loss"][0]
        after = np.concatenate([weights.ravel() for weights in model.get_weights()])
        assert not np.isclose(before, after).all()
        np.testing.assert_allclose(
            rows["loss"], np.add(rows["reconstruction"], rows["kl"]), rtol=1e-5
        )
        kl_per_dimension = np.array(rows["kl_per_dimension"])
        assert kl_per_dimension.shape == (15, 3)
        np.testing.assert_allclose(kl_per_dimension.sum(axis=1), rows["kl"], rtol=1e-5)

    def test_a_fitted_model_beats_the_mean_image(self, fitted, digits: Dataset) -> None:
        x = pixels(digits, 1000).astype(np.float64)
        p = np.clip(x.mean(axis=0), 1e-7, 1 - 1e-7)
        mean_image = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=(1, 2, 3)).mean()
        assert fitted[1].history["loss"][-1] < mean_image

    def test_evaluate_and_predict(self, fitted, digits: Dataset) -> None:
        model = fitted[0]
        x = pixels(digits, 130)
        results = model.evaluate(x, verbose=0, return_dict=True)
        assert results["loss"] == pytest.approx(results["reconstruction"] + results["kl"], rel=1e-5)
        predicted = model.predict(x, verbose=0)
        np.testing.assert_allclose(predicted["mean"], model.encoder(x)[0], atol=1e-5)


class TestKerasFiles:
    """A VAE is saved and loaded as any model of Keras's, where this package is imported."""

    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"kind": "conditional", "loss_scale": "per_pixel", "optimizer": "rmsprop"},
            {"kind": "autoencoder", "beta": 0.0},
            {"likelihood": "gaussian", "network": "convolutional", "hidden": (4, 6)},
        ],
        ids=str,
    )
    def test_saved_and_loaded(self, changes: dict, digits: Dataset, tmp_path: Path) -> None:
        config = Config(**{"hidden": (12,), "latent_dim": 3} | changes)
        model = build(config, digits.image_shape, digits.classes)
        model.compile(optimizer=make_optimizer(config, 64))
        images = pixels(digits, 100)
        labels = keras.utils.to_categorical(digits.y_train[:100], 10)
        data = [images, labels] if config.conditional else images
        path, last = tmp_path / "model.keras", tmp_path / "last.keras"
        checkpoint = keras.callbacks.ModelCheckpoint(last, monitor="loss")
        model.fit(data, epochs=2, verbose=0, callbacks=[checkpoint])
        model.save(path)
        for loaded in (keras.models.load_model(path), keras.models.load_model(last)):
            assert isinstance(loaded, VAE)
            assert (loaded.config, loaded.classes) == (model.config, model.classes)
            for weights, expected in zip(loaded.get_weights(), model.get_weights(), strict=True):
                np.testing.assert_array_equal(weights, expected)
            assert int(loaded.optimizer.iterations) == int(model.optimizer.iterations) == 8
            assert type(loaded.optimizer) is type(model.optimizer)
        loaded.fit(data, epochs=1, verbose=0)  # goes on

    def test_a_config_makes_the_same_model(self) -> None:
        model = build(SMALL, (8, 8, 1))
        again = VAE.from_config(model.get_config())
        assert again.get_config() == model.get_config()
        for weights, expected in zip(again.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(weights, expected)  # of the same seed
