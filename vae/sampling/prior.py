"""Codes from the prior, and labels for them."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from vae.architecture import MAX_CODE
from vae.errors import ConfigError

__all__ = [
    "MAX_ROWS",
    "balanced_labels",
    "check_seed",
    "manifold_codes",
    "prior_codes",
    "random_labels",
]

MAX_ROWS = 30
MAX_TEMPERATURE = MAX_CODE


def check_seed(seed: int) -> None:
    """Raise ConfigError for a negative seed."""
    if seed < 0:
        raise ConfigError(f"seed must be a whole number from 0 on. Received: seed={seed}")


def prior_codes(
    count: int,
    latent_dim: int,
    *,
    temperature: float = 1.0,
    truncation: float = math.inf,
    seed: int = 0,
) -> np.ndarray:
    """Sample z (count, d) from N(0, temperature^2 I); the same seed gives the same codes.

    truncation: in standard deviations; each component of the noise, before the temperature, that
    is farther from 0 is sampled again from the normal distribution cut there (the truncation trick,
    Marchesi 2017, Brock et al. 2019). The other components stay.
    Raises ConfigError for a negative seed, a temperature outside 0 to 1,000, and a truncation that
    is not above 0.
    """
    check_seed(seed)
    if not 0.0 <= temperature <= MAX_TEMPERATURE:  # NaN too
        raise ConfigError(
            f"temperature must be a number from 0 to {MAX_TEMPERATURE:,.0f}. "
            f"Received: temperature={temperature}"
        )
    if not truncation > 0.0:  # NaN too
        raise ConfigError(f"truncation must be above 0. Received: truncation={truncation}")
    random = np.random.default_rng(seed)
    z = random.standard_normal((count, latent_dim))
    if (far := np.abs(z) > truncation).any():
        from scipy.special import ndtr, ndtri

        # A component has its own quantile, so it moves steadily with the limit.
        quantiles = random.random(z.shape)[far]
        below, above = ndtr(-truncation), ndtr(truncation)
        z[far] = ndtri(below + quantiles * (above - below)).clip(-truncation, truncation)
    return (temperature * z).astype(np.float32)


def balanced_labels(count: int, classes: int) -> np.ndarray:
    """Return labels (count,): class after class, again and again.

    So a grid with as many columns as classes has a class in each column.
    """
    return (np.arange(count) % max(classes, 1)).astype(np.int64)


def random_labels(count: int, y: np.ndarray, seed: int = 0) -> np.ndarray:
    """Sample labels (count,) as frequent as among labels y (N,); the same seed gives the same.

    Raises ConfigError for a negative seed.
    """
    check_seed(seed)
    # A stream of its own: codes of the same seed are independent of it.
    return np.random.default_rng([seed, 4]).choice(y, count).astype(np.int64)


def manifold_codes(
    side: int, latent_dim: int, across: int, down: int, reach: float = 0.98
) -> tuple[np.ndarray, np.ndarray]:
    """Return z (side^2, d) over equal quantiles of two dimensions, and the quantiles' z values.

    The other dimensions stay at the prior's mean, 0. The first row has the largest value of
    `down`, as a plot's upward axis has. reach: the prior mass between the outermost values of a
    dimension (Kingma & Welling 2014, figure 4, spaces its grid the same way).
    """
    tail = (1.0 - reach) / 2.0
    values = np.array(
        [NormalDist().inv_cdf(q) for q in np.linspace(tail, 1.0 - tail, side)], dtype=np.float32
    )
    z = np.zeros((side, side, latent_dim), dtype=np.float32)
    z[:, :, down] = values[::-1, None]
    z[:, :, across] = values[None, :]
    return z.reshape(-1, latent_dim), values
