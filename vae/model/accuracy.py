"""How well a classifier tells test images apart."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from vae.config.settings import Binarisation
from vae.data.binarisation import binarisation_words, binarise
from vae.data.datasets import Dataset
from vae.model.calibration import expected_calibration_error, reliability_bins
from vae.model.classifier import Classifier
from vae.model.keras_setup import keras, ops, tf
from vae.schemas.metrics import ClassifierMetrics
from vae.statistics import class_recalls, confusion_matrix, standard_error, wilson_interval

__all__ = ["evaluate_accuracy", "logits_of_images"]

BATCH = 500


def evaluate_accuracy(
    model: Classifier, dataset: Dataset, binarisation: str
) -> tuple[ClassifierMetrics, dict[str, np.ndarray]]:
    """Return metrics of the test images, and probabilities (N, classes), float32, and y (N,).

    loss: the mean of -log p(y | x), in nats per image. The interval of the accuracy is Wilson's,
    at 95 %. confusion: images by their class (rows) and by what the model says (columns).
    recall_per_class: the fraction of a class that is recognised, None without images of it.
    calibration_error: see `calibration`; left out where probabilities are not finite.
    """
    x_test, y_test = binarise(dataset.x_test, binarisation), dataset.y_test
    logits = logits_of_images(model, x_test)
    cross_entropy = keras.losses.sparse_categorical_crossentropy
    nats = np.asarray(cross_entropy(y_test.astype(np.int32), logits, from_logits=True))
    says = logits.argmax(axis=1)
    hits = says == y_test
    low, high = wilson_interval(int(hits.sum()), len(hits))
    confusion = confusion_matrix(y_test, says, model.classes)
    recalls = class_recalls(confusion).tolist()
    probabilities = np.asarray(ops.softmax(logits))
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
        "recall_per_class": {
            name: None if math.isnan(recall) else recall
            for name, recall in zip(dataset.class_names, recalls, strict=True)
        },
        "confusion": cast("list[list[int]]", confusion.tolist()),
    }
    if np.isfinite(probabilities).all():
        sure = np.minimum(probabilities.max(axis=1), 1.0)  # rounding may exceed it
        metrics["calibration_error"] = expected_calibration_error(reliability_bins(sure, hits))
    return metrics, {"probabilities": probabilities, "y": y_test}


def logits_of_images(model: Classifier, images: np.ndarray) -> np.ndarray:
    """Return the logits of images uint8 (N, H, W, C), some at a time: (N, classes), float32."""
    parts = [
        np.asarray(model.logits_of_pixels(tf.constant(images[begin : begin + BATCH])))
        for begin in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)
