"""How well the prior covers what a model has learned, measured alike for every kind of model."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from vae.errors import RunError
from vae.sampling.prior import prior_codes

__all__ = ["IMAGES", "NEAR_FRACTION", "Coverage", "coverage", "far_fraction"]

IMAGES = 1000  # of the test images, and as many samples: all would take a hundred times as long
NEAR_FRACTION = 0.99  # of images: their nearest neighbour is nearer than what counts as unlike


class Coverage(NamedTuple):
    """How samples from the prior and reconstructions of test images lie to each other.

    unlike: the fraction of samples that are far from every reconstruction. missed: the fraction of
    reconstructions that are far from every sample. distance, prior_distance: how far the codes of
    test images and of the prior lie from 0 on average.
    """

    unlike: float
    missed: float
    distance: float
    prior_distance: float


def coverage(
    mean: np.ndarray,
    log_var: np.ndarray,
    decode: Callable[[np.ndarray], np.ndarray],
    *,
    seed: int = 0,
) -> Coverage:
    """Compare the reconstructions of the first 1,000 test images with as many samples.

    decode: of as many codes as these images are; a conditional run gets the labels of the
    images. mean, log_var: (N, d) of their posteriors, one code of each is sampled: means alone
    lie closer together than the prior's codes do. An autoencoder's log_var is so low that it is the
    code itself. As images, since a distance between codes means something else in each model.
    Raises RunError for codes that are not finite, and for fewer than two images.
    """
    mean, log_var = (np.asarray(part[:IMAGES], dtype=np.float64) for part in (mean, log_var))
    if len(mean) < 2:
        raise RunError(f"To compare codes there must be two or more. Received: {len(mean)}")
    broken = int((~np.isfinite(mean + log_var)).any(axis=1).sum())
    if broken:
        raise RunError(f"Codes must be numbers. Received: {broken} of {len(mean)} not finite")
    noise = np.random.default_rng([seed, 1]).standard_normal(mean.shape)
    codes = (mean + np.exp(0.5 * log_var) * noise).astype(np.float32)
    random = prior_codes(len(codes), mean.shape[1], seed=seed)
    reconstructions, samples = (decode(z).reshape(len(z), -1) for z in (codes, random))
    return Coverage(
        unlike=far_fraction(samples, reconstructions),
        missed=far_fraction(reconstructions, samples),
        distance=float(np.linalg.norm(codes, axis=1).mean()),
        prior_distance=float(np.linalg.norm(random, axis=1).mean()),
    )


def far_fraction(points: np.ndarray, reference: np.ndarray) -> float:
    """Return the fraction of points (N, d) that are far from all reference points (M, d).

    Far: farther from the nearest one than 99 % of the reference points are from theirs. So of
    points of the same distribution about 1 % are far. (Kynkäänniemi et al. 2019 compare two sets
    by nearest neighbours too, with a radius for each point.)
    """
    own = _squared_distances(reference, reference)
    np.fill_diagonal(own, np.inf)
    nearest = _squared_distances(points, reference).min(axis=1)
    return float((nearest > np.quantile(own.min(axis=1), NEAR_FRACTION)).mean())


def _squared_distances(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return |points - reference|^2 (N, M), multiplied out so that it is one matrix product."""
    # Without copies: a thousand 64 x 64 images in colour are 49 MB.
    one, other = (np.einsum("nd,nd->n", part, part) for part in (points, reference))
    return np.maximum(one[:, None] + other - 2.0 * points @ reference.T, 0.0)
