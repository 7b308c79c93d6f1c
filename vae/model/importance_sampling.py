"""The log-likelihood of images under a model, estimated by importance sampling: nats per image."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vae.config import Config
from vae.config.settings import MAX_IMPORTANCE_SAMPLES
from vae.errors import ConfigError, RunError
from vae.kinds import with_article
from vae.schemas.likelihood import Estimate
from vae.statistics import standard_error

if TYPE_CHECKING:
    import tensorflow as tf

    from vae.model.vae import VAE

__all__ = ["Likelihoods", "check_samples", "importance_log_likelihood", "importance_sampled_nll"]

SAMPLES_AT_ONCE = 50  # of each image
# Decoded pixels that are held at once, 16 MB of them: bounds the memory whatever K is.
VALUES_AT_ONCE = 4_000_000


class Likelihoods(NamedTuple):
    """What is estimated of each image, in nats: (N,) or (N, c), float64; elbo is the lower one."""

    log_likelihood: np.ndarray
    elbo: np.ndarray


def importance_log_likelihood(
    encode: Callable[..., tuple[tf.Tensor, tf.Tensor]],
    log_likelihood: Callable[..., tf.Tensor],
    images: np.ndarray,
    samples: int,
    seed: int = 0,
    *,
    labels: np.ndarray | None = None,
    images_at_once: int = 100,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> Likelihoods:
    """Return log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x), z_k ~ q(z|x), and the mean of the logs.

    The first is the estimate of Burda et al. 2016 (equation 8) of log p(x), the second that of the
    ELBO; the prior is N(0, I). The sums stream over k in float64: 50 samples of `images_at_once`
    images are held, whatever K is.
    encode: images (n, ...) -> mean, log_var (n, d). log_likelihood: images (n, ...) and
    z (k, n, d) -> log p(x|z) (k, n). Where they have c values of each image, as (n, c, d) and
    (k, n, c), so has the result: (N, c). labels: (N,); with them both functions get those of their
    images (n,) as a last argument, and all is given the label: log p(x|y). on_progress: called
    with the fraction that is done.
    """
    from vae.model.keras_setup import tf

    # Without autograph: it writes source files that a killed process leaves behind.
    @tf.function(reduce_retracing=True, autograph=False)
    def weigh(
        batch: tuple[tf.Tensor, ...],
        mean: tf.Tensor,
        log_var: tf.Tensor,
        count: tf.Tensor,
        noise_seed: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        shape = tf.concat([[count], tf.shape(mean)], axis=0)
        noise = tf.random.stateless_normal(shape, noise_seed, alg="philox")
        z = mean + tf.exp(0.5 * log_var) * noise  # (k, n, d)
        # log p(z) - log q(z|x): their constants cancel
        prior = 0.5 * tf.reduce_sum(noise**2 + log_var - z**2, axis=-1)  # (k, n)
        weights = tf.cast(prior + log_likelihood(batch[0], z, *batch[1:]), tf.float64)
        return tf.reduce_logsumexp(weights, axis=0), tf.reduce_sum(weights, axis=0)

    found = []
    for begin in range(0, len(images), images_at_once):
        part = slice(begin, begin + images_at_once)
        batch = tuple(tf.constant(array[part]) for array in (images, labels) if array is not None)
        mean, log_var = encode(*batch)
        size, shape = len(batch[0]), mean.numpy().shape[:-1]
        log_sum, total = np.full(shape, -np.inf), np.zeros(shape)
        for first in range(0, samples, SAMPLES_AT_ONCE):
            count = min(SAMPLES_AT_ONCE, samples - first)
            # Which images and samples these are says what is sampled, and nothing else does.
            noise_seed = tf.constant([seed, begin * MAX_IMPORTANCE_SAMPLES + first], tf.int64)
            sums, logs = weigh(batch, mean, log_var, tf.constant(count), noise_seed)
            with np.errstate(invalid="ignore"):  # NaN stays NaN, which the caller sees
                log_sum = np.logaddexp(log_sum, sums.numpy())
            total += logs.numpy()
            done = begin + size * (first + count) / samples
            on_progress(done / len(images))
        found.append((log_sum - math.log(samples), total / samples))
    return Likelihoods(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def importance_sampled_nll(
    model: VAE,
    images: np.ndarray,
    samples: int,
    seed: int = 0,
    on_progress: Callable[[float], None] = lambda fraction: None,
    *,
    labels: np.ndarray | None = None,
) -> Estimate:
    """Return the negative log-likelihood of images as they are, and the ELBO, in nats per image.

    images: uint8 (N, H, W, C), binary or not. labels: (N,), which a conditional VAE needs: its
    likelihood is that of an image given its class, -log p(x|y). The standard error is the one over
    images. Raises ConfigError for an autoencoder or samples outside 1 to 5,000, RunError if it is
    not finite.
    """
    from vae.model.keras_setup import tf
    from vae.model.pixels import to_floats

    check_samples(model.config, samples)
    pixels = math.prod(images.shape[1:])

    # XLA fuses the element-wise work on decoded pixels; convolutions run faster without it.
    @tf.function(jit_compile=model.config.network == "dense", autograph=False)
    def log_likelihood(
        images: tf.Tensor, z: tf.Tensor, labels: tf.Tensor | None = None
    ) -> tf.Tensor:
        count, latent_dim = tf.shape(z)[0], z.shape[-1]
        repeated_labels = None if labels is None else tf.tile(labels, tf.stack([count]))
        logits = model.decoder_logits(
            model.with_labels(tf.reshape(z, (-1, latent_dim)), repeated_labels)
        )
        repeated = tf.tile(to_floats(images), tf.stack([count, 1, 1, 1]))
        return -tf.reshape(model.reconstruction_nats(repeated, logits), (count, -1))

    @tf.function(autograph=False)
    def encode(images: tf.Tensor, labels: tf.Tensor | None = None) -> tuple[tf.Tensor, tf.Tensor]:
        return model.encoder(model.with_labels(to_floats(images), labels))

    found = importance_log_likelihood(
        encode,
        log_likelihood,
        images,
        samples,
        seed,
        labels=labels if model.classes else None,
        images_at_once=max(1, VALUES_AT_ONCE // pixels // min(samples, SAMPLES_AT_ONCE)),
        on_progress=on_progress,
    )
    nll, elbo = -found.log_likelihood, found.elbo
    if not (np.isfinite(nll).all() and np.isfinite(elbo).all()):
        raise RunError(
            "A likelihood needs a model whose weights are usable numbers. Received: NaN or "
            "infinity, as a run that diverged has: train it anew with a smaller learning rate"
        )
    return {
        "nll": float(nll.mean()),
        "nll_standard_error": standard_error(nll),
        "elbo": float(elbo.mean()),
        "importance_samples": samples,
    }


def check_samples(config: Config, samples: int) -> None:
    """Raise ConfigError for a model without a posterior, or importance samples outside 1 to 5,000.

    The message of a model that makes images says what to measure instead.
    """
    if not config.has("posterior"):
        instead = ""
        if not config.has("encoder") and config.has("decoder"):
            instead = " Measure its samples instead (python -m vae quality), or train a VAE."
        raise ConfigError(
            f"A likelihood needs a VAE.{instead} Received: {with_article(config.noun).lower()}"
        )
    if not 1 <= samples <= MAX_IMPORTANCE_SAMPLES:
        raise ConfigError(
            f"Importance samples must be from 1 to {MAX_IMPORTANCE_SAMPLES:,}. Received: {samples}"
        )
