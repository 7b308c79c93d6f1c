"""Bounds on p(x | y) without TensorFlow: in closed form, and as Keras estimates them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.evaluation.test_generative_classifier import CLASSES, CODES, NOISE, SIDE, LinearModel
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.evaluation.class_bounds import class_bounds
from vae.evaluation.generative_classifier import class_log_likelihoods
from vae.runs.run import Run


def as_run(model: Any) -> Any:
    """A run whose networks are those of a linear Gaussian model."""

    def encode(images: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
        inputs = model.with_labels(tf.constant(images / 255.0, tf.float32), labels)
        return [part.numpy() for part in model.encoder(inputs)]

    def decode(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
        inputs = model.with_labels(tf.constant(z, tf.float32), labels)
        return model.decoder_logits(inputs).numpy().reshape(-1, SIDE, SIDE, 1)

    return SimpleNamespace(
        config=Config(conditional=True, latent_dim=CODES, likelihood="gaussian"),
        status={"model_epoch": 1},
        rows=[{"epoch": 1, "pixel_deviation": NOISE**0.5}],
        classes=CLASSES,
        encode=encode,
        decode=decode,
    )


def test_with_the_exact_posterior_it_is_the_likelihood() -> None:
    model = LinearModel()
    images = np.random.default_rng(0).integers(0, 256, (6, SIDE, SIDE, 1), np.uint8)
    found = class_bounds(as_run(model), images, samples=2)
    np.testing.assert_allclose(found, model.exact(images), atol=1e-3)


def test_with_another_posterior_more_samples_come_nearer() -> None:
    model = LinearModel(widen=0.5)
    images = np.random.default_rng(0).integers(0, 256, (100, SIDE, SIDE, 1), np.uint8)
    exact = model.exact(images)
    one, several = (exact - class_bounds(as_run(model), images, k) for k in (1, 30))
    gap = 0.5 * CODES * (np.exp(0.5) - 1.0 - 0.5)  # of the ELBO: the KL from the exact posterior
    assert one.mean() == pytest.approx(gap, abs=0.05)
    assert several.mean() == pytest.approx(0.0, abs=0.02)


def test_it_is_what_keras_estimates(conditional_run: Run, digits: Dataset) -> None:
    images = digits.x_test[:30]
    found = class_bounds(conditional_run, images, samples=30, seed=1)
    expected = class_log_likelihoods(conditional_run.load_model(), images, 30).log_likelihood
    assert found.shape == expected.shape == (30, 10)
    np.testing.assert_allclose(found.mean(axis=0), expected.mean(axis=0), rtol=0.02)
    assert (found.argmax(axis=1) == expected.argmax(axis=1)).mean() > 0.9


def test_the_seed_says_what_is_sampled(conditional_run: Run, digits: Dataset) -> None:
    first, again, other = (
        class_bounds(conditional_run, digits.x_test[:2], seed=seed) for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_images_of_another_shape(conditional_run: Run) -> None:
    with pytest.raises(RunError, match=r"shape \(N, 8, 8, 1\)"):
        class_bounds(conditional_run, np.zeros((1, 28, 28, 1), np.uint8))
