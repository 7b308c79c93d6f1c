"""The ELBO of test images and its parts, in nats per image."""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from vae.config.settings import Binarisation
from vae.data.binarisation import binarisation_words, binarise
from vae.data.datasets import Dataset
from vae.model.keras_setup import keras, random, tf
from vae.model.vae import VAE
from vae.schemas.metrics import Metrics
from vae.statistics import ACTIVE_VARIANCE, standard_error

__all__ = ["evaluate_elbo"]

BATCH = 500


def evaluate_elbo(
    model: VAE, dataset: Dataset, binarisation: str
) -> tuple[Metrics, dict[str, np.ndarray]]:
    """Return metrics and latents of the test images, in nats per image.

    The ELBO has one posterior sample per image, with a fixed seed; rate and distortion are
    its parts (Alemi et al. 2018). A conditional VAE gets the labels, and its figures bound
    log p(x | y). Latents are mean and log_var (N, d), float32, and labels y (N,).
    """
    x_test = binarise(dataset.x_test, binarisation)
    point = not model.config.has("posterior")
    nats, kl, mean, log_var = _bound_terms(model, x_test, dataset.y_test)
    pixels = int(np.prod(dataset.image_shape))
    beta = model.config.beta
    reconstruction = float(nats.mean(dtype=np.float64))
    kl_per_dimension = kl.mean(axis=0, dtype=np.float64)
    total = 0.0 if point else float(kl_per_dimension.sum())
    metrics: Metrics = {
        "dataset": dataset.name,
        "images": f"all {len(nats):,} test images",
        "treatment": binarisation_words(model.config, binarisation),
        "binarisation": cast("Binarisation", binarisation),
        "loss": reconstruction + beta * total,
        "reconstruction": reconstruction,
        "distortion": reconstruction,
        "reconstruction_per_class": _per_class(nats, dataset),
        "kl": total,
        # The lecture's own units: means over pixels and latent dimensions.
        "lecture_loss": reconstruction / pixels + 2e-4 * total / model.config.latent_dim,
        "active_units": int((mean.var(axis=0) > ACTIVE_VARIANCE).sum()),
    }
    if not point:  # a point has no density, so an autoencoder has no bound on the likelihood
        metrics["rate"] = total
        metrics["elbo"] = -(reconstruction + total)
        metrics["elbo_standard_error"] = standard_error(nats + kl.sum(axis=1, dtype=np.float64))
        metrics["kl_per_dimension"] = kl_per_dimension.tolist()
        if not model.config.is_density:
            metrics["bits_per_dimension"] = (reconstruction + total) / pixels / math.log(2.0)
    latents = {"mean": mean, "log_var": log_var, "y": dataset.y_test}
    return metrics, latents


def _bound_terms(model: VAE, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return `VAE.bound_terms` of all images, some at a time."""
    seed = keras.random.SeedGenerator(0)
    batches = []
    for begin in range(0, len(images), BATCH):
        part = slice(begin, begin + BATCH)
        pixels = tf.constant(images[part])
        epsilon = random.normal((len(pixels), model.config.latent_dim), seed=seed)
        batches.append(model.bound_terms(pixels, tf.constant(labels[part]), epsilon))
    return tuple(np.concatenate(parts) for parts in zip(*batches, strict=True))


def _per_class(nats: np.ndarray, dataset: Dataset) -> dict[str, float]:
    """Return the mean for each class that has test images, by its name."""
    return {
        name: float(nats[dataset.y_test == label].mean(dtype=np.float64))
        for label, name in enumerate(dataset.class_names)
        if np.any(dataset.y_test == label)
    }
