"""The GAN: its losses and gradients against closed forms, and its steps as Keras takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vae
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import ConfigError
from vae.model.base import build
from vae.model.gan import GAN, Scores
from vae.model.keras_setup import keras, ops, tf
from vae.model.optimizers import make_optimizer
from vae.training.gradient_norm import AdversarialNorms
from vae.training.loop import Loop

SHAPE = (8, 8, 1)
CONFIG = Config(
    kind="gan", latent_dim=2, hidden=(6,), batch_size=16, adam_beta_1=0.5, adam_beta_2=0.9
)
CONVOLUTIONAL = CONFIG.replace(network="convolutional", hidden=(3,))
CONDITIONAL = CONFIG.replace(conditional=True)


def compiled(config: Config = CONFIG, shape: tuple[int, int, int] = SHAPE, classes: int = 3) -> GAN:
    model = build(config, shape, classes)
    assert isinstance(model, GAN)
    model.compile(optimizer=make_optimizer(config, int(np.prod(shape))))
    return model


def inputs_of(model: GAN, images: np.ndarray) -> Any:
    (inputs,) = model.step_data(tf.constant(images), tf.zeros(len(images), tf.int32))
    return inputs


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).random((16, *SHAPE)).astype(np.float32)


class TestDiscriminator:
    def test_the_optimal_one_of_two_gaussians(self) -> None:
        """With p = N(1, 1) and q = N(-1, 1), logit D* = log p - log q = 2 x (Goodfellow 2014)."""
        network = keras.Sequential(
            [keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")]
        )
        optimizer = keras.optimizers.Adam(0.05)
        optimizer.build(network.trainable_variables)
        random = np.random.default_rng(0)
        p, q = (tf.constant(random.normal(m, 1.0, (20_000, 1)), tf.float32) for m in (1.0, -1.0))

        @tf.function(autograph=False)
        def step() -> None:
            with tf.GradientTape() as tape:
                loss = Scores(network(p), network(q)).discriminator_loss
            weights = network.trainable_variables
            optimizer.apply(tape.gradient(loss, weights), weights)

        for _ in range(400):
            step()
        x = np.linspace(-2.0, 2.0, 9)[:, None]
        density = np.exp(-0.5 * (x - np.array([[1.0, -1.0]])) ** 2)
        optimal = density[:, 0] / density.sum(axis=1)  # p / (p + q)
        found = ops.sigmoid(network(tf.constant(x, tf.float32)))[:, 0]
        np.testing.assert_allclose(found, optimal, atol=0.01)

    def test_losses_where_it_cannot_tell(self) -> None:
        even = Scores(tf.zeros((4, 1)), tf.zeros((4, 1)))
        assert float(even.generator_loss) == pytest.approx(np.log(2.0))
        assert float(even.discriminator_loss) == pytest.approx(2.0 * np.log(2.0))

    def test_a_generator_that_is_found_out_still_has_a_slope(self) -> None:
        """-log D has the slope -1 where log(1 - D) would have none: hence non-saturating."""
        fake = tf.constant([[-20.0]])
        with tf.GradientTape() as tape:
            tape.watch(fake)
            loss = Scores(tf.zeros((1, 1)), fake).generator_loss
        assert float(tape.gradient(loss, fake)[0, 0]) == pytest.approx(-1.0, abs=1e-6)


class TestGradients:
    @pytest.mark.parametrize("config", [CONFIG, CONVOLUTIONAL, CONDITIONAL], ids=str)
    def test_by_autodiff_of_each_loss_on_its_own(self, config: Config, images: np.ndarray) -> None:
        model = compiled(config.replace(gradient_penalty=0.0))
        inputs, z = inputs_of(model, images), tf.random.stateless_normal((16, 2), (0, 1))
        found = model.gradients(inputs, z)
        with tf.GradientTape(persistent=True) as tape:
            scores = model.scores(inputs, z)
            losses = scores.generator_loss, scores.discriminator_loss
        for own, loss, network in zip(found[:2], losses, model.networks.values(), strict=True):
            for one, other in zip(own, tape.gradient(loss, network.trainable_weights), strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-7)

    def test_the_penalty_of_a_linear_discriminator(self, images: np.ndarray) -> None:
        """Of logit = w x + b the slope is w everywhere: R1 = gamma / 2 |w|^2, its gradient gamma w.

        Mescheder et al. 2018, equation 9.
        """
        config = CONFIG.replace(hidden=(), gradient_penalty=3.0)
        model, without = compiled(config), compiled(config.replace(gradient_penalty=0.0))
        inputs, z = inputs_of(model, images), tf.zeros((16, 2))
        kernel = model.discriminator.get_layer("logits").kernel.numpy()
        one, other = (each.gradients(inputs, z).discriminator for each in (model, without))
        np.testing.assert_allclose(one[0] - other[0], 3.0 * kernel, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(one[1], other[1], rtol=1e-5)

    def test_a_weight_of_the_penalty_that_is_changed_acts(self, images: np.ndarray) -> None:
        config = CONFIG.replace(hidden=())
        model = compiled(config)
        model.set_schedule(config.replace(gradient_penalty=0.0), 1.0, 0.0)
        expected = compiled(config.replace(gradient_penalty=0.0))
        inputs, z = inputs_of(model, images), tf.zeros((16, 2))
        for one, other in zip(
            model.gradients(inputs, z).discriminator,
            expected.gradients(inputs, z).discriminator,
            strict=True,
        ):
            np.testing.assert_array_equal(one, other)

    def test_norms(self, images: np.ndarray) -> None:
        model = compiled()
        before = [each.numpy().copy() for each in (*model.weights, *model.random_states)]
        pixels = (255 * images).astype(np.uint8)
        norms = AdversarialNorms(model).norms(pixels, np.zeros(16, np.uint8))
        assert set(norms) == {"gradient_norm", "discriminator_gradient_norm"}
        assert min(norms.values()) > 0.0
        after = [each.numpy().copy() for each in (*model.weights, *model.random_states)]
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one, other)
        assert float(model.d_real.result()) == 0.0


class TestSteps:
    @pytest.mark.parametrize("config", [CONFIG, CONVOLUTIONAL, CONDITIONAL], ids=str)
    def test_fit_takes_the_steps_of_the_loop(self, config: Config, images: np.ndarray) -> None:
        pixels = (255 * images).astype(np.uint8)
        labels = np.arange(16, dtype=np.uint8) % 3
        ours, fitted = compiled(config), compiled(config)
        loop = Loop(ours, pixels, 16, labels)
        loop.train(np.tile(np.arange(16, dtype=np.int32), (3, 1)), np.full(3, 1e-3, np.float32))
        (inputs,) = fitted.step_data(tf.constant(pixels / np.float32(255)), tf.constant(labels))
        x = tuple(inputs) if config.conditional else inputs
        data = tf.data.Dataset.from_tensors(x).map(lambda *each: ((each if each[1:] else each[0]),))
        history = fitted.fit(data, epochs=3, shuffle=False, verbose=0).history
        assert set(history) == {"loss", "discriminator_loss", "d_real", "d_fake"}
        for one, other in zip(ours.get_weights(), fitted.get_weights(), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-4)

    def test_both_networks_learn_from_one_optimizer(self, images: np.ndarray) -> None:
        model = compiled()
        before = [each.numpy().copy() for each in model.trainable_weights]
        model.train_step((tf.constant(images),))
        assert int(model.optimizer.iterations) == 1
        assert (float(model.optimizer.beta_1), float(model.optimizer.beta_2)) == (0.5, 0.9)
        assert len(model.optimizer.variables) >= 2 * len(before)
        for one, other in zip(before, model.trainable_weights, strict=True):
            assert np.abs(one - other.numpy()).max() > 0.0

    def test_evaluation_as_keras_does_it(self, images: np.ndarray) -> None:
        found = compiled().evaluate(images, batch_size=16, verbose=0, return_dict=True)
        assert 0.0 < found["d_real"] < 1.0
        assert found["loss"] > 0.0


class TestImages:
    @pytest.mark.parametrize("shape", [(28, 28, 1), (8, 8, 1), (12, 10, 3)], ids=str)
    @pytest.mark.parametrize("network", ["dense", "convolutional"])
    def test_of_all_shapes(self, shape: tuple[int, int, int], network: str) -> None:
        config = CONFIG.replace(network=network, hidden=(3,))
        model = compiled(config, shape)
        images = np.random.default_rng(0).random((4, *shape)).astype(np.float32)
        logs = model.train_step((tf.constant(images),))
        assert np.isfinite(float(logs["discriminator_loss"]))
        assert model.decoder(np.zeros((4, 2), np.float32)).shape == (4, *shape)
        assert model.discriminator(images).shape == (4, 1)

    def test_a_conditional_one_needs_classes(self) -> None:
        with pytest.raises(ConfigError, match=r"^A conditional GAN gets the class of each image"):
            build(CONDITIONAL, SHAPE, 1)

    def test_the_decoder_is_that_of_a_vae(self) -> None:
        gan, other = compiled(), build(CONFIG.replace(kind="vae"), SHAPE, 3)
        for one, two in zip(
            gan.decoder.get_weights(), other.networks["decoder"].get_weights(), strict=True
        ):
            np.testing.assert_array_equal(one, two)


class TestConfiguration:
    def test_settings_that_mean_nothing(self) -> None:
        stored = CONFIG.to_dict()
        assert not {"beta", "likelihood", "noise", "patience", "validation_split"} & {*stored}
        assert (stored["adam_beta_1"], stored["gradient_penalty"]) == (0.5, 1.0)
        assert CONFIG.validation_split == 0.0
        with pytest.raises(ConfigError, match="has no validation loss, so patience means nothing"):
            CONFIG.replace(patience=3)

    def test_runs_of_other_kinds_do_not_have_them(self) -> None:
        assert not {"adam_beta_1", "adam_beta_2", "gradient_penalty"} & {*Config().to_dict()}
        with pytest.raises(ConfigError, match="has no discriminator, so adam_beta_1 means nothing"):
            Config(adam_beta_1=0.5)


def test_a_run_of_colors(stripes: Dataset, tmp_path: Path) -> None:
    run = vae.train(CONFIG.replace(epochs=1, batch_size=10), stripes, out=tmp_path / "run")
    assert run.state == "finished"
    assert run.decode(np.zeros((2, 2))).shape == (2, *stripes.image_shape)
    assert 0.0 < run.adversarial_metrics["d_real"] < 1.0
    opened = keras.models.load_model(run.path / "model.keras", compile=False)
    outputs = opened(np.zeros((2, 2), np.float32))
    np.testing.assert_allclose(outputs["image"], run.decode(np.zeros((2, 2))), atol=1e-5)
    assert outputs["probability"].shape == (2, 1)
