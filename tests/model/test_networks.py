"""Encoder and decoder as Keras models: their ends, their first weights, their seeds."""

from __future__ import annotations

import itertools
import math

import keras
import numpy as np
import pytest

from vae.config import Config
from vae.model.networks import build_decoder, build_encoder, logits_of
from vae.presets import PRESETS

CONFIGS = [
    Config(hidden=(20, 10), latent_dim=3),
    Config(hidden=(4, 6), latent_dim=3, network="convolutional", dense_layers=(12, 8)),
]
CLASSES = 4


def kernels(network: keras.Model) -> list[np.ndarray]:
    return [weights for weights in network.get_weights() if weights.ndim > 1]


def images(count: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(0).random((count, *shape), dtype=np.float32)


class TestBasics:
    @pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.network)
    def test_shapes(self, config: Config) -> None:
        encoder, decoder = build_encoder(config, (12, 9, 3)), build_decoder(config, (12, 9, 3))
        mean, log_var = encoder(images(5, 12, 9, 3))
        assert mean.shape == log_var.shape == (5, 3)
        decoded = decoder(mean).numpy()
        assert decoded.shape == (5, 12, 9, 3)
        assert decoded.min() > 0.0
        assert decoded.max() < 1.0

    @pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.network)
    def test_the_seed_decides_the_first_weights(self, config: Config) -> None:
        for network in (build_encoder, build_decoder):
            first = kernels(network(config, (8, 8, 1)))
            keras.utils.set_random_seed(99)  # global state has no say
            again = kernels(network(config, (8, 8, 1)))
            other = kernels(network(config.replace(seed=1), (8, 8, 1)))
            for a, b, c in zip(first, again, other, strict=True):
                np.testing.assert_array_equal(a, b)
                assert not np.array_equal(a, c)

    def test_no_two_layers_start_alike(self) -> None:
        config = Config(hidden=(16, 16, 16), latent_dim=16)
        square = [
            weights
            for network in (build_encoder, build_decoder)
            for weights in kernels(network(config, (8, 8, 1)))
            if weights.shape == (16, 16)
        ]
        assert len(square) == 7
        for a, b in itertools.combinations(square, 2):
            assert not np.array_equal(a, b)

    @pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.network)
    def test_save_and_load(self, config: Config, tmp_path) -> None:
        for build, inputs in ((build_encoder, images(3, 8, 8, 1)), (build_decoder, images(3, 3))):
            network = build(config, (8, 8, 1))
            network.save(tmp_path / "network.keras")
            loaded = keras.models.load_model(tmp_path / "network.keras")
            for a, b in zip(
                keras.tree.flatten(network(inputs)), keras.tree.flatten(loaded(inputs)), strict=True
            ):
                np.testing.assert_array_equal(a, b)


class TestLabels:
    @pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.network)
    def test_shapes_and_what_the_label_changes(self, config: Config) -> None:
        conditional = config.replace(kind="conditional")
        encoder = build_encoder(conditional, (12, 9, 3), CLASSES)
        decoder = build_decoder(conditional, (12, 9, 3), CLASSES)
        assert [each.name for each in encoder.inputs] == ["image", "label"]
        assert [each.name for each in decoder.inputs] == ["z", "label"]
        one, other = np.eye(CLASSES, dtype=np.float32)[[[0] * 5, [3] * 5]]
        mean, log_var = map(np.asarray, encoder([images(5, 12, 9, 3), one]))
        assert mean.shape == log_var.shape == (5, 3)
        assert not np.array_equal(mean, encoder([images(5, 12, 9, 3), other])[0])
        decoded = decoder([mean, one]).numpy()
        assert decoded.shape == (5, 12, 9, 3)
        assert not np.array_equal(decoded, decoder([mean, other]))
        logits = logits_of(decoder)([mean, one])
        np.testing.assert_allclose(keras.ops.sigmoid(logits), decoded, atol=1e-6)

    def test_it_joins_pixels_and_z(self) -> None:
        config = Config(kind="conditional", hidden=(6,), latent_dim=2, activation="relu")
        encoder = build_encoder(config, (8, 8, 1), CLASSES)
        decoder = build_decoder(config, (8, 8, 1), CLASSES)
        x, label = images(3, 8, 8, 1), np.eye(CLASSES, dtype=np.float32)[[1, 0, 3]]
        (w, b), (w_mean, b_mean) = (
            encoder.get_layer(name).get_weights() for name in ("hidden_1", "mean")
        )
        hidden = np.maximum(np.hstack([x.reshape(3, 64), label]) @ w + b, 0.0)
        mean = np.asarray(encoder([x, label])[0])
        np.testing.assert_allclose(mean, hidden @ w_mean + b_mean, atol=1e-5)
        (w, b), (w_pixels, b_pixels) = (
            decoder.get_layer(name).get_weights() for name in ("hidden_1", "pixels")
        )
        logits = np.maximum(np.hstack([mean, label]) @ w + b, 0.0) @ w_pixels + b_pixels
        expected = (1.0 / (1.0 + np.exp(-logits))).reshape(3, 8, 8, 1)
        np.testing.assert_allclose(decoder([mean, label]), expected, atol=1e-5)


class TestCorrectness:
    def test_the_lectures_activations(self) -> None:
        config = PRESETS["lecture"]
        encoder, decoder = build_encoder(config, (28, 28, 1)), build_decoder(config, (28, 28, 1))
        activations = {
            (network.name, layer.name): layer.activation.__name__
            for network in (encoder, decoder)
            for layer in network.layers
            if hasattr(layer, "activation")
        }
        assert activations == {
            ("encoder", "hidden_1"): "relu",
            ("encoder", "mean"): "linear",
            ("encoder", "log_var"): "linear",
            ("decoder", "hidden_1"): "relu",
            ("decoder", "pixels"): "linear",
            ("decoder", "image"): "sigmoid",
        }

    def test_kernels_are_glorot_uniform_and_biases_zero(self) -> None:
        config = PRESETS["lecture"]
        for network in (build_encoder(config, (28, 28, 1)), build_decoder(config, (28, 28, 1))):
            for weights in network.get_weights():
                if weights.ndim == 1:
                    assert not weights.any()
                    continue
                limit = math.sqrt(6.0 / sum(weights.shape))  # Glorot & Bengio 2010, equation 16
                assert np.abs(weights).max() <= limit
                # Uniform: its spread is limit / sqrt(3), and it comes close to both ends.
                assert weights.std() == pytest.approx(limit / math.sqrt(3.0), rel=0.08)
                assert weights.min() < -0.95 * limit
                assert weights.max() > 0.95 * limit

    def test_a_dense_network_computes_what_the_lectures_does(self) -> None:
        config = PRESETS["lecture"]
        encoder, decoder = build_encoder(config, (28, 28, 1)), build_decoder(config, (28, 28, 1))
        x = images(3, 28, 28, 1)
        (w, b), (w_mean, b_mean), (w_var, b_var) = (
            encoder.get_layer(name).get_weights() for name in ("hidden_1", "mean", "log_var")
        )
        hidden = np.maximum(x.reshape(3, 784) @ w + b, 0.0)
        mean, log_var = encoder(x)
        np.testing.assert_allclose(mean, hidden @ w_mean + b_mean, atol=1e-5)
        np.testing.assert_allclose(log_var, hidden @ w_var + b_var, atol=1e-5)
        (w, b), (w_pixels, b_pixels) = (
            decoder.get_layer(name).get_weights() for name in ("hidden_1", "pixels")
        )
        logits = np.maximum(mean @ w + b, 0.0) @ w_pixels + b_pixels
        expected = (1.0 / (1.0 + np.exp(-logits))).reshape(3, 28, 28, 1)
        np.testing.assert_allclose(decoder(mean), expected, atol=1e-5)

    @pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.network)
    def test_logits_are_the_decoder_before_its_sigmoid(self, config: Config) -> None:
        decoder = build_decoder(config, (9, 8, 1))
        logits, z = logits_of(decoder), images(4, 3)
        np.testing.assert_allclose(keras.ops.sigmoid(logits(z)), decoder(z), atol=1e-6)
        decoder.set_weights([weights * 2.0 + 0.1 for weights in decoder.get_weights()])
        np.testing.assert_allclose(keras.ops.sigmoid(logits(z)), decoder(z), atol=1e-6)

    @pytest.mark.parametrize("network", ["dense", "convolutional"])
    def test_an_autoencoders_posterior_is_a_point(self, network: str) -> None:
        config = Config(kind="autoencoder", beta=0.0, network=network, hidden=(4,), latent_dim=3)
        mean, log_var = build_encoder(config, (8, 8, 1))(images(2, 8, 8, 1))
        assert np.ptp(mean) > 0.0
        np.testing.assert_array_equal(log_var, np.full((2, 3), -20.0))
