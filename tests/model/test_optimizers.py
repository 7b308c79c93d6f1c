"""Optimizers: those of Keras, and with loss_scale="per_pixel" the lecture's own steps."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from vae.config import Config
from vae.config.settings import setting
from vae.data.datasets import Dataset
from vae.model.base import build
from vae.model.optimizers import OPTIMIZERS, make_optimizer
from vae.model.vae import VAE
from vae.presets import PRESETS
from vae.training.train import train


def compiled(config: Config, dataset: Dataset) -> VAE:
    model = build(config, dataset.image_shape)
    model.compile(optimizer=make_optimizer(config, int(np.prod(dataset.image_shape))))
    return model


class TestBasics:
    @pytest.mark.parametrize("name", OPTIMIZERS)
    @pytest.mark.parametrize("loss_scale", ["nats", "per_pixel"])
    def test_each_is_the_one_of_keras(self, name: str, loss_scale: str) -> None:
        config = Config(optimizer=name, loss_scale=loss_scale, learning_rate=0.25)
        optimizer = make_optimizer(config, 64)
        assert isinstance(optimizer, OPTIMIZERS[name])
        assert float(optimizer.learning_rate) == 0.25

    def test_every_choice_has_one(self) -> None:
        assert set(setting("optimizer").choices) == set(OPTIMIZERS)

    def test_per_pixel_divides_what_the_optimizer_sees(self) -> None:
        scaled = make_optimizer(Config(optimizer="sgd", loss_scale="per_pixel"), 64)
        assert float(scaled.scale_loss(np.float32(128.0))) == 2.0
        plain = make_optimizer(Config(optimizer="sgd"), 64)
        assert float(plain.scale_loss(np.float32(128.0))) == 128.0


class LectureSampling(keras.layers.Layer):
    """The lecture's sampling and its KL term, the noise from a given seed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, mean: keras.KerasTensor, std: keras.KerasTensor) -> keras.KerasTensor:
        kl_loss = -1e-4 * ops.mean(1 + std - ops.square(mean) - ops.exp(std), axis=-1)
        self.add_loss(ops.mean(kl_loss))
        epsilon = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(std / 2) * epsilon


def lecture_in_plain_keras(seed: int) -> keras.Model:
    """The lecture's script: flat images, its layers, its loss, optimizer="rmsprop"."""
    image = keras.Input((784,))
    hidden = keras.layers.Dense(128, activation="relu")(image)
    mean, std = keras.layers.Dense(4)(hidden), keras.layers.Dense(4)(hidden)
    z = LectureSampling(seed)(mean, std)
    decoded = keras.layers.Dense(128, activation="relu")(z)
    decoded = keras.layers.Dense(784, activation="sigmoid")(decoded)
    model = keras.Model(image, decoded)
    model.compile(optimizer="rmsprop", loss="binary_crossentropy")
    return model


@pytest.fixture(scope="module")
def large_digits(digits: Dataset) -> Dataset:
    """Digits in the size of MNIST: 28 x 28."""

    def enlarge(images: np.ndarray) -> np.ndarray:
        return np.pad(images.repeat(3, axis=1).repeat(3, axis=2), ((0, 0), (2, 2), (2, 2), (0, 0)))

    return Dataset(
        name="digits",
        title="Digits",
        x_train=enlarge(digits.x_train),
        y_train=digits.y_train,
        x_test=enlarge(digits.x_test),
        y_test=digits.y_test,
        class_names=digits.class_names,
        source="enlarged",
    )


class TestLecture:
    STEPS = 8

    def updates(self, ours: VAE, dataset: Dataset) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Take the same steps with ours and with the lecture's; return what they changed."""
        plain = lecture_in_plain_keras(ours.config.seed)
        start = ours.get_weights()
        plain.set_weights(start)
        for step in range(self.STEPS):
            batch = dataset.x_train[100 * step : 100 * (step + 1)].astype(np.float32) / 255.0
            ours.train_step(batch)
            flat = batch.reshape(100, 784)
            plain.train_on_batch(flat, flat)
        return tuple(
            [after - before for after, before in zip(model.get_weights(), start, strict=True)]
            for model in (ours, plain)
        )

    def test_the_optimizer_has_kerass_defaults(self, large_digits: Dataset) -> None:
        settings = compiled(PRESETS["lecture"], large_digits).optimizer.get_config()
        defaults = keras.optimizers.RMSprop().get_config()
        settings.pop("name"), defaults.pop("name")
        assert settings.pop("pixels") == 784
        assert settings == defaults
        assert (defaults["rho"], defaults["epsilon"]) == (0.9, 1e-7)
        assert defaults["learning_rate"] == pytest.approx(0.001)

    def test_an_update_equals_that_of_the_lectures_script(self, large_digits: Dataset) -> None:
        ours, lecture = self.updates(compiled(PRESETS["lecture"], large_digits), large_digits)
        for a, b in zip(ours, lecture, strict=True):
            assert np.abs(b).max() > 1e-5
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3 * np.abs(b).max())

    def test_in_nats_rmsprop_would_take_other_steps(self, large_digits: Dataset) -> None:
        config = PRESETS["lecture"].replace(loss_scale="nats")
        ours, lecture = self.updates(compiled(config, large_digits), large_digits)
        assert np.abs(ours[0]).sum() > 3 * np.abs(lecture[0]).sum()

    def test_history_stays_in_nats(self, large_digits: Dataset, tmp_path: Path) -> None:
        config = PRESETS["lecture"].replace(epochs=1)
        run = train(config, large_digits, out=tmp_path / "run")
        first = run.rows[0]  # an untrained network says 0.5 to each of 784 pixels
        assert 0.5 * 784 < first["reconstruction"] < 784 * np.log(2) * 1.05
        assert run.metrics["lecture_loss"] == pytest.approx(
            (run.metrics["reconstruction"] + 0.0392 * run.metrics["kl"]) / 784, rel=1e-9
        )
        assert run.metrics["lecture_loss"] == pytest.approx(run.metrics["loss"] / 784, rel=1e-9)
