"""How well a classifier tells test images apart."""

from __future__ import annotations

from typing import cast

import numpy as np

from vae.data.binarisation import binarisation_words, binarise
from vae.data.datasets import Dataset
from vae.figures_schema import ClassifierMetrics
from vae.model.classifier import Classifier
from vae.model.keras_setup import keras, ops, tf
from vae.settings import Binarisation
from vae.statistics import confusion_matrix, standard_error, wilson_interval

__all__ = ["evaluate_accuracy", "logits_of_images"]

BATCH = 500


def evaluate_accuracy(
    model: Classifier, dataset: Dataset, binarisation: str
) -> tuple[ClassifierMetrics, dict[str, np.ndarray]]:
    """Return metrics of the test images, and probabilities (N, classes), float32, and y (N,).

    loss: the mean of -log p(y | x), in nats per image. The interval of the accuracy is Wilson's,
    at 95 %. confusion: images by their class (rows) and by what the model says (columns).
    """
    x_test, y_test = binarise(dataset.x_test, binarisation), dataset.y_test
    logits = logits_of_images(model, x_test)
    cross_entropy = keras.losses.sparse_categorical_crossentropy
    nats = np.asarray(cross_entropy(y_test.astype(np.int32), logits, from_logits=True))
    hits = logits.argmax(axis=1) == y_test
    low, high = wilson_interval(int(hits.sum()), len(hits))
    metrics: ClassifierMetrics = {
        "dataset": dataset.name,
        "images": f"all {len(nats):,} test images",
        "treatment": binarisation_words(model.config, binarisation),
        "binarisation": cast("Binarisation", binarisation),
        "loss": float(nats.mean(dtype=np.float64)),
        "loss_standard_error": standard_error(nats.astype(np.float64)),
        "accuracy": float(hits.mean()),
        "accuracy_low": low,
        "accuracy_high": high,
        "confusion": confusion_matrix(y_test, logits.argmax(axis=1), model.classes).tolist(),
    }
    probabilities = np.asarray(ops.softmax(logits))
    return metrics, {"probabilities": probabilities, "y": y_test}


def logits_of_images(model: Classifier, images: np.ndarray) -> np.ndarray:
    """Return the logits of images uint8 (N, H, W, C), some at a time: (N, classes), float32."""
    parts = [
        np.asarray(model.logits_of_pixels(tf.constant(images[begin : begin + BATCH])))
        for begin in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)
