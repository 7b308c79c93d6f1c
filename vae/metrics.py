"""What a model is worth, measured on test images alone, in nats per image."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from vae.datasets import Dataset
from vae.errors import ConfigError
from vae.model import VAE
from vae.objective import gaussian_kl, reconstruction_nats
from vae.traversals import ACTIVE_VARIANCE

__all__ = ["evaluate", "importance_sampled_nll"]

BATCH = 500
# Decoded images that the importance sampler holds at once: bounds its memory whatever K is.
DECODED_AT_ONCE = 5000
MOST_IMPORTANCE_SAMPLES = 5000


def evaluate(model: VAE, dataset: Dataset) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return metrics and latents of the test images.

    The ELBO has one posterior sample per image, with a fixed seed. Latents are mean and log_var
    (N, d), float32, and labels y (N,).
    """
    seed = keras.random.SeedGenerator(0)
    point = model.config.kind == "autoencoder"

    @tf.function(reduce_retracing=True)
    def terms(images: tf.Tensor) -> tuple[tf.Tensor, ...]:
        images = tf.cast(images, tf.float32) / 255.0
        mean, log_var = model.encoder(images)
        noise = keras.random.normal(ops.shape(mean), seed=seed)
        z = mean if point else mean + ops.exp(0.5 * log_var) * noise
        nats = reconstruction_nats(images, model.decoder_logits(z))
        return nats, gaussian_kl(mean, log_var), mean, log_var

    batches = [terms(batch) for batch in _batches(dataset.x_test, BATCH)]
    nats, kl, mean, log_var = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    pixels = int(np.prod(dataset.image_shape))
    beta = model.config.beta
    reconstruction = float(nats.mean(dtype=np.float64))
    kl_per_dimension = kl.mean(axis=0, dtype=np.float64)
    total = 0.0 if point else float(kl_per_dimension.sum())
    metrics = {
        "dataset": dataset.name,
        "images": f"all {len(nats):,} test images",
        "treatment": "grey levels in [0, 1], as Bernoulli probabilities",
        "loss": reconstruction + beta * total,
        "reconstruction": reconstruction,
        "kl": total,
        # The lecture's own units: means over pixels and latent dimensions.
        "lecture_loss": reconstruction / pixels + 2e-4 * total / model.config.latent_dim,
    }
    if not point:  # a point has no density, so an autoencoder has no bound on the likelihood
        metrics |= {
            "elbo": -(reconstruction + total),
            "bits_per_dimension": (reconstruction + total) / pixels / math.log(2.0),
            "kl_per_dimension": kl_per_dimension.tolist(),
        }
    metrics["active_units"] = int((mean.var(axis=0) > ACTIVE_VARIANCE).sum())
    latents = {"mean": mean, "log_var": log_var, "y": dataset.y_test}
    return metrics, latents


def importance_sampled_nll(
    model: VAE, images: np.ndarray, samples: int, seed: int = 0
) -> dict[str, Any]:
    """Return the negative log-likelihood by importance sampling, in nats per image.

    -log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x), z_k ~ q(z|x) (Burda et al. 2016, equation 8), with
    a log-sum-exp that streams over k. images: uint8 (N, H, W, C). The standard error is the one
    over images. Raises ConfigError for an autoencoder or samples outside 1 to 5,000.
    """
    if model.config.kind == "autoencoder":
        raise ConfigError("A likelihood needs a VAE. Received: an autoencoder")
    if not 1 <= samples <= MOST_IMPORTANCE_SAMPLES:
        raise ConfigError(
            f"Importance samples must be from 1 to {MOST_IMPORTANCE_SAMPLES:,}. Received: {samples}"
        )
    generator = keras.random.SeedGenerator(seed)

    @tf.function(reduce_retracing=True)
    def log_weights(images: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        images = tf.cast(images, tf.float32) / 255.0
        mean, log_var = model.encoder(images)  # (n, d)
        shape = tf.concat([[count], tf.shape(mean)], axis=0)
        noise = tf.random.stateless_normal(shape, generator.next())  # (k, n, d)
        z = mean + tf.exp(0.5 * log_var) * noise
        # log p(z) - log q(z|x); the constants cancel
        prior = tf.reduce_sum(0.5 * (noise**2 + log_var - z**2), axis=-1)  # (k, n)
        flat = tf.reshape(z, (-1, model.config.latent_dim))
        logits = model.decoder_logits(flat)
        repeated = tf.tile(images, (count, 1, 1, 1))
        nats = tf.reshape(reconstruction_nats(repeated, logits), tf.shape(prior))
        return tf.reduce_logsumexp(prior - nats, axis=0)  # (n,)

    at_once = min(samples, 50)
    values = []
    for batch in _batches(images, max(1, DECODED_AT_ONCE // at_once)):
        running = np.full(len(batch), -np.inf)
        for start in range(0, samples, at_once):
            part = log_weights(batch, tf.constant(min(at_once, samples - start)))
            running = np.logaddexp(running, part.numpy().astype(np.float64))
        values.append(math.log(samples) - running)
    nll = np.concatenate(values)
    return {
        "nll": float(nll.mean()),
        "nll_standard_error": float(nll.std(ddof=1) / math.sqrt(len(nll))),
        "importance_samples": samples,
    }


def _batches(images: np.ndarray, size: int) -> list[np.ndarray]:
    return [images[start : start + size] for start in range(0, len(images), size)]
