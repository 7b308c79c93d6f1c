"""The VAE as a Keras model: sampling, loss, gradients, and `fit` as in any notebook."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from tests.model.small_vae import SMALL, pixels
from vae.config import Config
from vae.data.datasets import Dataset
from vae.model.base import build
from vae.model.optimizers import make_optimizer
from vae.model.vae import VAE, MeanVector


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
