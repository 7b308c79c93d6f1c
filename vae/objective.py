"""The objective and its schedules: pure functions.

loss = reconstruction + beta * kl, all in nats per image: sums over pixels and latent
dimensions, means over the batch (Kingma & Welling 2014, equation 10; beta: Higgins et al. 2017).
"""

from __future__ import annotations

import math

import keras
from keras import ops

from vae.config import Config

__all__ = ["beta_at", "gaussian_kl", "learning_rate_at", "reconstruction_nats"]


def reconstruction_nats(images: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Return the Bernoulli cross-entropy of each image, summed over pixels: (N,) nats.

    Grey levels in [0, 1] count as probabilities, as in the lecture.
    """
    # max(l, 0) - l x + log(1 + exp(-|l|)) never overflows, whatever the logits.
    images, logits = (ops.reshape(a, (ops.shape(a)[0], -1)) for a in (images, logits))  # (N, HWC)
    nats = ops.relu(logits) - logits * images + ops.log1p(ops.exp(-ops.abs(logits)))
    return ops.sum(nats, axis=1)  # (N,)


def gaussian_kl(mean: keras.KerasTensor, log_var: keras.KerasTensor) -> keras.KerasTensor:
    """Return KL(N(mean, exp(log_var)) || N(0, 1)) per dimension: (N, d) nats.

    Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (ops.square(mean) + ops.exp(log_var) - 1.0 - log_var)


def beta_at(config: Config, epoch: int) -> float:
    """Return beta in an epoch (the first is 1): it rises linearly over `kl_warmup` epochs.

    It is constant within an epoch, so that loss = reconstruction + beta * kl holds in every row.
    """
    return config.beta * min(1.0, epoch / (config.kl_warmup + 1))


def learning_rate_at(config: Config, step: int, steps: int) -> float:
    """Return the learning rate of a step (the first is 0) among `steps` of the whole run.

    Cosine: half a cosine from the configured rate to zero (Loshchilov & Hutter 2017).
    """
    if config.schedule == "constant":
        return config.learning_rate
    return config.learning_rate * 0.5 * (1.0 + math.cos(math.pi * step / steps))
