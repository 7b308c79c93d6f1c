"""How a GAN's two networks stand against each other on test images."""

from __future__ import annotations

from typing import cast

import numpy as np

from vae.config.settings import Binarisation
from vae.data.binarisation import binarisation_words, binarise
from vae.data.datasets import Dataset
from vae.model.gan import GAN
from vae.model.keras_setup import tf
from vae.schemas.metrics import AdversarialMetrics

__all__ = ["evaluate_adversarial"]

BATCH = 500


def evaluate_adversarial(
    model: GAN, dataset: Dataset, binarisation: str
) -> tuple[AdversarialMetrics, dict[str, np.ndarray]]:
    """Return metrics of the test images and as many samples, of fixed codes; no arrays.

    They say how the game stands, not how good samples are: that is `evaluation.sample_quality`. A
    discriminator that knows more training images by heart than test images has a smaller d_real
    here than in its history.
    """
    real, fake = _scores(model, binarise(dataset.x_test, binarisation), dataset.y_test)
    metrics: AdversarialMetrics = {
        "dataset": dataset.name,
        "images": f"all {len(real):,} test images",
        "treatment": binarisation_words(model.config, binarisation),
        "binarisation": cast("Binarisation", binarisation),
        "loss": _mean(np.logaddexp(0.0, -fake)),
        "discriminator_loss": _mean(np.logaddexp(0.0, -real)) + _mean(np.logaddexp(0.0, fake)),
        "d_real": _mean(_sigmoid(real)),
        "d_fake": _mean(_sigmoid(fake)),
    }
    return metrics, {}


def _scores(model: GAN, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logits of D at images and at as many samples, some at a time: (N,) each."""
    z = np.random.default_rng(0).standard_normal((len(images), model.config.latent_dim))
    batches = [
        model.scores_of_pixels(
            tf.constant(images[begin : begin + BATCH]),
            tf.constant(labels[begin : begin + BATCH]),
            tf.constant(z[begin : begin + BATCH].astype(np.float32)),
        )
        for begin in range(0, len(images), BATCH)
    ]
    real, fake = (np.concatenate(parts).ravel() for parts in zip(*batches, strict=True))
    return real.astype(np.float64), fake.astype(np.float64)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0.0, -logits))


def _mean(values: np.ndarray) -> float:
    return float(values.mean())
