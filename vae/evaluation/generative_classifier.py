"""A conditional VAE as a classifier: p(y | x) by Bayes' rule from p(x | y) of each class."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np

from vae.data.binarisation import binarisation_words, binarise
from vae.errors import ConfigError
from vae.evaluation.bayes_rule import (
    ELBO_SAMPLES,
    check_classifies,
    class_posterior,
    class_priors,
    log_evidence,
)
from vae.model.calibration import expected_calibration_error, reliability_bins
from vae.model.importance_sampling import (
    SAMPLES_AT_ONCE,
    VALUES_AT_ONCE,
    Likelihoods,
    importance_log_likelihood,
)
from vae.schemas.classification import Classification, ClassifiedBy
from vae.statistics import (
    class_recalls,
    confusion_matrix,
    some_indices,
    standard_error,
    wilson_interval,
)

if TYPE_CHECKING:
    import tensorflow as tf

    from vae.data.datasets import Dataset
    from vae.model.vae import VAE

__all__ = [
    "class_log_likelihoods",
    "classified_by",
    "measure_classification",
]


def class_log_likelihoods(
    model: VAE,
    images: np.ndarray,
    samples: int,
    seed: int = 0,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> Likelihoods:
    """Return log p(x | y) of each image under each class, and its ELBO, in nats: (N, classes).

    images: uint8 (N, H, W, C), as the model was trained on. samples: importance samples of each
    image and class; one makes both the same, more bring the first nearer to the true value.
    Memory depends neither on N nor on samples. on_progress: called with the fraction that is done.
    Raises ConfigError as `check_classifies` does.
    """
    from vae.model.keras_setup import tf
    from vae.model.pixels import to_floats

    check_classifies(model.config, samples)
    classes, latent_dim = model.classes, model.config.latent_dim

    def of_all_classes(inputs: tf.Tensor, copies: tf.Tensor) -> tf.Tensor:
        """Pair inputs with the classes in turn: 0, 1, ..., as often as there are copies."""
        return model.with_labels(inputs, tf.tile(tf.range(classes), tf.stack([copies])))

    # As in `importance_sampled_nll`: XLA for dense networks alone.
    @tf.function(jit_compile=model.config.network == "dense", autograph=False)
    def log_likelihood(images: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
        count, size = tf.shape(z)[0], tf.shape(z)[1]  # z: (k, n, classes, d)
        codes = tf.reshape(z, (-1, latent_dim))
        logits = model.decoder_logits(of_all_classes(codes, count * size))
        each = tf.repeat(to_floats(images), classes, axis=0)
        nats = model.reconstruction_nats(tf.tile(each, tf.stack([count, 1, 1, 1])), logits)
        return -tf.reshape(nats, tf.stack([count, size, classes]))

    @tf.function(autograph=False)
    def encode(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        size, each = tf.shape(images)[0], tf.repeat(to_floats(images), classes, axis=0)
        shape = tf.stack([size, classes, latent_dim])
        mean, log_var = model.encoder(of_all_classes(each, size))
        return tf.reshape(mean, shape), tf.reshape(log_var, shape)

    values = math.prod(images.shape[1:]) * classes * min(samples, SAMPLES_AT_ONCE)
    return importance_log_likelihood(
        *(encode, log_likelihood, images, samples, seed),
        images_at_once=max(1, VALUES_AT_ONCE // values),
        on_progress=on_progress,
    )


def measure_classification(
    model: VAE,
    dataset: Dataset,
    samples: int = ELBO_SAMPLES,
    images: int | None = None,
    seed: int = 0,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> Classification:
    """Classify test images by Bayes' rule, with the classes as frequent as in training.

    images: so many test images, chosen at random with the seed; None for all. With the same samples
    both by importance sampling and by the ELBO. Raises ConfigError for a run that is no conditional
    VAE and for numbers outside 1 to 5,000 samples or 1 to all test images.
    """
    check_classifies(model.config, samples)
    total = len(dataset.x_test)
    if images is not None and not 1 <= images <= total:
        raise ConfigError(f"Images must be from 1 to {total:,}. Received: {images}")
    began = time.perf_counter()
    chosen = some_indices(total, total if images is None else images, seed)
    binarisation = model.config.binarisation
    pixels = binarise(dataset.x_test, binarisation)[chosen]
    labels, priors = dataset.y_test[chosen], class_priors(dataset.y_train, dataset.classes)
    found = class_log_likelihoods(model, pixels, samples, seed, on_progress)
    nll = -log_evidence(found.log_likelihood, priors)
    importance = class_posterior(found.log_likelihood, priors)
    confusion = confusion_matrix(labels, importance.argmax(axis=1), dataset.classes)
    recalls = class_recalls(confusion)
    which = "all" if len(labels) == total else "a random"
    return {
        "dataset": dataset.name,
        "images": f"{which} {len(labels):,} test images",
        "treatment": binarisation_words(model.config, binarisation),
        "importance_samples": samples,
        "seed": seed,
        "importance": classified_by(importance, labels),
        "elbo": classified_by(class_posterior(found.elbo, priors), labels),
        "nll": float(nll.mean()),
        "nll_standard_error": standard_error(nll),
        "recall": {
            name: None if math.isnan(recall) else recall
            for name, recall in zip(dataset.class_names, recalls.tolist(), strict=True)
        },
        "confusion": cast("list[list[int]]", confusion.tolist()),
        "seconds": time.perf_counter() - began,
    }


def classified_by(posterior: np.ndarray, labels: np.ndarray) -> ClassifiedBy:
    """Return how good p(y | x) (N, classes) is as an answer for images with labels (N,).

    The interval is Wilson's; the calibration error that of Naeini et al. 2015: see `calibration`.
    """
    predicted = posterior.argmax(axis=1)
    correct = predicted == labels
    low, high = wilson_interval(int(correct.sum()), len(labels))
    bins = reliability_bins(np.minimum(posterior.max(axis=1), 1.0), correct)
    return {
        "accuracy": float(correct.mean()),
        "accuracy_low": low,
        "accuracy_high": high,
        "calibration_error": expected_calibration_error(bins),
    }
