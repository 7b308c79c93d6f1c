"""The objective and its schedules: pure functions.

loss = reconstruction + beta * kl, all in nats per image: sums over pixels and latent
dimensions, means over the batch (Kingma & Welling 2014, equation 10; beta: Higgins et al. 2017).

With free bits the optimizer sees `free_kl` in place of the KL, with a capacity `capacity_gap`, and
with several importance samples `importance_weighted_nats` in place of both parts. Histories, curves
and validation keep the formula above with the whole KL, so that runs with and without can be
compared.
"""

from __future__ import annotations

import math

from vae.config import Config
from vae.model.keras_setup import ops, tf

__all__ = [
    "beta_at",
    "capacity_at",
    "capacity_gap",
    "continuous_bernoulli_nats",
    "free_kl",
    "gaussian_kl",
    "gaussian_nats",
    "importance_weighted_nats",
    "learning_rate_at",
    "reconstruction_nats",
]


def reconstruction_nats(images: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return the Bernoulli cross-entropy of each image, summed over pixels: (N,) nats.

    Grey levels in [0, 1] count as probabilities, as in the lecture.
    """
    # max(l, 0) - l x + log(1 + exp(-|l|)) never overflows, whatever the logits.
    images, logits = _flat(images), _flat(logits)  # (N, HWC)
    nats = ops.relu(logits) - logits * images + ops.log1p(ops.exp(-ops.abs(logits)))
    return ops.sum(nats, axis=1)  # (N,)


def continuous_bernoulli_nats(images: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return -log of the continuous Bernoulli density of each image: (N,) nats, may be negative.

    The Bernoulli's nats less log C, the constant with which it integrates to 1 over grey levels
    in [0, 1] (Loaiza-Ganem & Cunningham 2019, equations 6 and 8). In logits l of the parameter,
    C = l / tanh(l / 2).
    """
    # Near 0 both parts vanish: there it is a series, whose next term is below 1e-8. The other
    # branch gets a harmless value, since its gradient is computed all the same.
    size = ops.abs(logits)
    small = size < 0.5
    far = ops.where(small, 1.0, size)
    square = ops.square(ops.where(small, logits, 0.0))
    series = square / 12.0 - ops.square(square) / 720.0 + square**3 / 30240.0
    log_c = ops.where(
        small, math.log(2.0) + ops.log1p(series), ops.log(far) - ops.log(ops.tanh(0.5 * far))
    )
    return reconstruction_nats(images, logits) - ops.sum(_flat(log_c), axis=1)


def gaussian_nats(images: tf.Tensor, logits: tf.Tensor, log_var: tf.Tensor) -> tf.Tensor:
    """Return -log N(image; sigmoid(logits), exp(log_var)) of each image: (N,), may be negative.

    log_var: a scalar, one variance for all pixels, which is learned (Rybkin et al. 2021).
    """
    squares = _flat(ops.square(images - ops.sigmoid(logits))) * ops.exp(-log_var)
    return 0.5 * ops.sum(squares + log_var + math.log(2.0 * math.pi), axis=1)


def gaussian_kl(mean: tf.Tensor, log_var: tf.Tensor) -> tf.Tensor:
    """Return KL(N(mean, exp(log_var)) || N(0, 1)) per dimension: (N, d) nats.

    Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (ops.square(mean) + ops.exp(log_var) - 1.0 - log_var)


def free_kl(kl: tf.Tensor, free_nats: float) -> tf.Tensor:
    """Return sum_d max(free_nats, mean over the batch of KL_d) for kl (N, d): a scalar, nats.

    A dimension below that costs the same whatever it says, so nothing presses it down (Kingma et
    al. 2016, appendix C.8).
    """
    return ops.sum(ops.maximum(free_nats, ops.mean(kl, axis=0)))


def capacity_gap(kl: tf.Tensor, capacity: float | tf.Tensor) -> tf.Tensor:
    """Return |mean over the batch of KL - capacity| for kl (N, d): a scalar, nats.

    Burgess et al. 2018, equation 8, where beta is called gamma. Images share the capacity: one may
    cost more where another costs less.
    """
    return ops.abs(ops.mean(ops.sum(kl, axis=1)) - capacity)


def importance_weighted_nats(
    nats: tf.Tensor,
    z: tf.Tensor,
    mean: tf.Tensor,
    log_var: tf.Tensor,
    beta: float | tf.Tensor = 1.0,
) -> tf.Tensor:
    """Return -log 1/k sum_k p(x|z_k) (p(z_k) / q(z_k|x))^beta of each image: (N,) nats.

    The bound of Burda et al. 2016 (equation 8), at beta 1; it falls with k, from minus the ELBO
    towards -log p(x).
    nats: -log p(x|z_k) (k, N). z: (k, N, d), sampled from N(mean, exp(log_var)), (N, d).
    """
    epsilon = (z - mean) * ops.exp(-0.5 * log_var)
    # log p(z) - log q(z|x): their constants cancel.
    prior = 0.5 * ops.sum(ops.square(epsilon) + log_var - ops.square(z), axis=-1)  # (k, N)
    return math.log(ops.shape(nats)[0]) - ops.logsumexp(beta * prior - nats, axis=0)


def beta_at(config: Config, epoch: int) -> float:
    """Return beta in an epoch (the first is 1): it rises linearly over `kl_warmup` epochs.

    With a `kl_cycle` it falls back and rises anew after so many epochs (Fu et al. 2019). It is
    constant within an epoch, so that loss = reconstruction + beta * kl holds in every row. Where
    there is a capacity, that is what rises, and beta is constant.
    """
    return config.beta if config.capacity else config.beta * _warmed_up(config, epoch)


def capacity_at(config: Config, epoch: int) -> float:
    """Return the KL's capacity in an epoch, in nats: it rises as `beta_at` does without one."""
    return config.capacity * _warmed_up(config, epoch)


def learning_rate_at(config: Config, step: int, steps: int) -> float:
    """Return the learning rate of a step (the first is 0) among `steps` of the whole run.

    Cosine: half a cosine from the configured rate to zero (Loshchilov & Hutter 2017).
    """
    if config.schedule == "constant":
        return config.learning_rate
    return config.learning_rate * 0.5 * (1.0 + math.cos(math.pi * step / steps))


def _warmed_up(config: Config, epoch: int) -> float:
    """Return the fraction of its value that what warms up has reached in an epoch."""
    if config.kl_cycle:
        epoch = (epoch - 1) % config.kl_cycle + 1
    return min(1.0, epoch / (config.kl_warmup + 1))


def _flat(images: tf.Tensor) -> tf.Tensor:
    return ops.reshape(images, (ops.shape(images)[0], -1))
