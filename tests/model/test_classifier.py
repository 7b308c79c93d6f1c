"""The classifier: its shapes, its loss in closed form, its files, and that it resumes exactly."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import vae
from tests.kinds import config_of
from vae.architecture import classifier_layers, encoder_layers, summarize
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.model.accuracy import evaluate_accuracy
from vae.model.base import build
from vae.model.classifier import Classifier
from vae.model.saving import export_onnx, load_model, save_keras
from vae.runs.inference import classify
from vae.training.gradient_norm import GradientNorm

DENSE = Config(kind="classifier", hidden=(6,), validation_split=0.1)
CONVOLUTIONAL = DENSE.replace(network="convolutional", hidden=(3,), dense_layers=(5,))
BOTH = {"dense": DENSE, "convolutional": CONVOLUTIONAL}
SHAPE = (8, 8, 1)
CLASSES = 4


def images_of(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((count, *SHAPE), np.float32)


def with_logits(logits: list[float]) -> Any:
    """A compiled model that says the same of every image."""
    model = build(DENSE, SHAPE, len(logits))
    last = model.classifier.get_layer("logits")
    last.set_weights([np.zeros_like(last.get_weights()[0]), np.array(logits, np.float32)])
    model.compile(optimizer="sgd")
    return model


@pytest.mark.parametrize("config", BOTH.values(), ids=BOTH)
class TestBasics:
    def test_shapes(self, config: Config) -> None:
        model = build(config, SHAPE, CLASSES)
        assert isinstance(model, Classifier)
        assert [*model.networks] == ["classifier"]
        probabilities = np.asarray(model.classifier(images_of(3)))
        assert probabilities.shape == (3, CLASSES)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-6)
        np.testing.assert_allclose(keras.ops.softmax(model(images_of(3))), probabilities, rtol=1e-5)
        assert model.count_params() == summarize(config, SHAPE, CLASSES).total

    def test_it_is_an_encoder_with_another_head(self, config: Config) -> None:
        layers = classifier_layers(config, SHAPE, CLASSES)
        assert layers[:-2] == encoder_layers(config.replace(kind="vae"), SHAPE)[:-2]
        assert [layer.name for layer in layers[-2:]] == ["logits", "probabilities"]

    def test_the_seed_is_all_that_chance_is(self, config: Config) -> None:
        one, same, other = (
            build(config.replace(seed=seed), SHAPE, CLASSES).get_weights() for seed in (1, 1, 2)
        )
        assert all(map(np.array_equal, one, same))
        assert not np.array_equal(one[0], other[0])

    def test_its_files(self, config: Config, tmp_path: Path) -> None:
        model = build(config.replace(seed=5), SHAPE, CLASSES)
        save_keras(model, tmp_path)
        export_onnx(model, tmp_path)
        expected = np.asarray(model.classifier(images_of(3)))
        plain = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_allclose(plain(images_of(3)), expected, atol=1e-6)
        again = load_model(tmp_path, config, SHAPE, CLASSES)
        np.testing.assert_array_equal(again.classifier(images_of(3)), expected)
        found = classify(tmp_path / "classifier.onnx", images_of(3), SHAPE)
        np.testing.assert_allclose(found, expected, atol=1e-6)
        assert [path.name for path in tmp_path.glob("*.onnx")] == ["classifier.onnx"]
        with pytest.raises(RunError, match="Received"):
            load_model(tmp_path, config.replace(hidden=(7,)), SHAPE, CLASSES)

    def test_keras_saves_and_opens_it_whole(self, config: Config, tmp_path: Path) -> None:
        model = build(config, SHAPE, CLASSES)
        model.save(tmp_path / "whole.keras")
        again = keras.models.load_model(tmp_path / "whole.keras")
        assert again.config == config
        np.testing.assert_array_equal(again(images_of(2)), model(images_of(2)))

    def test_it_fits(self, config: Config) -> None:
        labels = np.arange(40) % 2
        images = 0.5 * images_of(40) + 0.5 * labels[:, None, None, None]  # dark and bright ones
        model = build(config, SHAPE, 2)
        model.compile(optimizer=keras.optimizers.Adam(1e-2))
        history = model.fit(images, labels, epochs=30, verbose=0).history
        assert history["loss"][-1] < history["loss"][0]
        assert history["accuracy"][-1] > 0.9

    @pytest.mark.parametrize("classes", [0, 1])
    def test_one_class_is_nothing_to_tell_apart(self, config: Config, classes: int) -> None:
        with pytest.raises(
            ConfigError, match=rf"train a VAE, an autoencoder or a GAN\. Received: {classes}$"
        ):
            build(config, SHAPE, classes)


class TestCorrectness:
    def test_the_loss_is_the_cross_entropy_in_nats(self) -> None:
        logits = [math.log(0.7), math.log(0.2), math.log(0.1)]
        model, labels = with_logits(logits), np.array([0, 0, 1, 2])
        loss, accuracy = model.evaluate(images_of(4), labels, verbose=0)
        expected = -(2 * math.log(0.7) + math.log(0.2) + math.log(0.1)) / 4
        assert loss == pytest.approx(expected, rel=1e-6)
        assert accuracy == pytest.approx(0.5)
        assert float(model.loss_of(images_of(4), labels)) == pytest.approx(expected, rel=1e-6)

    def test_an_untold_one_costs_the_logarithm_of_the_classes(self) -> None:
        model = with_logits([0.0] * 10)
        assert float(model.loss_of(images_of(7), np.arange(7))) == pytest.approx(math.log(10))

    def test_the_gradient_is_what_the_classifier_says_minus_what_is_so(self) -> None:
        # Of the logits' bias: the mean of p - y, and of its kernel: that times the layer below.
        model, labels = with_logits([0.3, -0.2, 0.0]), np.array([0, 1, 2, 1])
        pixels = (255 * images_of(4)).astype(np.uint8)
        below = keras.Model(model.classifier.input, model.classifier.get_layer("logits").input)(
            pixels / np.float32(255)
        )
        errors = np.asarray(keras.ops.softmax(model(pixels / np.float32(255)))) - np.eye(3)[labels]
        kernel, bias = np.asarray(below).T @ errors / 4, errors.mean(axis=0)
        # The kernel of the logits is 0, so nothing below it has a gradient.
        expected = math.sqrt((kernel**2).sum() + (bias**2).sum())
        norm = GradientNorm(model).norms(pixels, labels)["gradient_norm"]
        assert norm == pytest.approx(expected, rel=1e-5)

    def test_what_is_measured(self, digits: Dataset) -> None:
        model = with_logits([1.0] + [0.0] * 9)  # it says 0 of everything
        metrics, outputs = evaluate_accuracy(model, digits, "none")
        share = float((digits.y_test == 0).mean())
        assert metrics["accuracy"] == pytest.approx(share)
        assert metrics["accuracy_low"] < share < metrics["accuracy_high"]
        counts = np.bincount(digits.y_test, minlength=10)
        assert np.array_equal(metrics["confusion"], np.outer(counts, np.eye(10)[0]))
        total = math.log(math.e + 9)
        assert metrics["loss"] == pytest.approx(total - share, rel=1e-6)
        assert outputs["probabilities"].shape == (len(digits.y_test), 10)
        np.testing.assert_allclose(outputs["probabilities"][:, 0], math.e / (math.e + 9), rtol=1e-6)
        assert metrics["recall_per_class"] == {str(digit): float(digit == 0) for digit in range(10)}
        # It is as sure of each image, so all are in one bin.
        assert metrics["calibration_error"] == pytest.approx(math.e / (math.e + 9) - share)

    def test_one_that_says_no_numbers_has_no_calibration(self, digits: Dataset) -> None:
        metrics, _ = evaluate_accuracy(with_logits([math.inf] + [0.0] * 9), digits, "none")
        assert "calibration_error" not in metrics


class TestTraining:
    def test_an_interrupted_run_is_the_same_to_the_byte(
        self, digits: Dataset, tmp_path: Path
    ) -> None:
        config = config_of("classifier-dense", epochs=2, binarisation="sampled", batch_size=50)
        whole = vae.train(config, digits, out=tmp_path / "whole")
        seen: list[dict[str, Any]] = []
        vae.train(
            config, digits, seen.append, out=tmp_path / "two", should_stop=lambda: len(seen) >= 14
        )
        assert len(seen) < len(whole.rows)
        resumed = vae.resume(tmp_path / "two", digits)
        histories = [(run.path / "history.jsonl").read_bytes() for run in (whole, resumed)]
        assert histories[0] == histories[1]
        assert whole.metrics == resumed.metrics
        for epoch in (0, 1, 2):
            one, two = whole.snapshot(epoch), resumed.snapshot(epoch)
            assert all(np.array_equal(one[name], two[name]) for name in one)

    def test_its_history_and_snapshots(self, digits: Dataset, tmp_path: Path) -> None:
        config = config_of("classifier-convolutional", epochs=2, patience=1, batch_size=50)
        run = vae.train(config, digits, out=tmp_path / "run")
        last = json.loads((run.path / "history.jsonl").read_text().splitlines()[-1])
        assert [*last] == [
            *("kind", "epoch", "step", "loss", "accuracy", "learning_rate", "gradient_norm"),
            *("val_loss", "val_accuracy"),
        ]
        assert run.faults == []
        held_back = round(0.1 * len(digits.x_train))
        confusion = run.snapshot(last["epoch"])["confusion"]
        assert confusion.sum() == held_back
        assert confusion.trace() / held_back == pytest.approx(last["val_accuracy"])
        assert run.history["loss"][-1] < run.history["loss"][0]
        kept = json.loads((run.path / "config.json").read_text())["config"]
        assert not {"beta", "latent_dim", "likelihood", "conditional", "noise"} & {*kept}
