"""Layers over a plane: where posteriors are, which class rules where, and where holes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae.planes import Plane

if TYPE_CHECKING:
    from vae.runs import Run

__all__ = [
    "HOLE_RATIO",
    "class_regions",
    "hole_mask",
    "log_posterior_density",
    "log_prior_density",
    "posteriors_of",
]

POSTERIORS = 2000  # of the test images; all 10,000 look the same and take five times as long
AT_ONCE = 64  # codes: their distances to the posteriors take 1 MB, which stays in a cache
NEIGHBOURS = 15
SPACING = 10  # an autoencoder's codes are as wide as it is to this neighbour
HOLE_RATIO = 0.05  # of the prior's density: less aggregated posterior than this is a hole
LIKELY_DISTANCE = 2.0  # standard deviations on the plane within which the prior is likely


def log_prior_density(codes: np.ndarray) -> np.ndarray:
    """Return log N(z; 0, I) of codes (N, d): (N,) nats."""
    codes = np.asarray(codes, dtype=np.float64)
    return -0.5 * (codes**2).sum(axis=1) - 0.5 * codes.shape[1] * np.log(2.0 * np.pi)


def posteriors_of(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and log_var, both (M, d), of the posteriors of up to 2,000 test images.

    An autoencoder's codes are points. So that they have a density too, each gets the width of a
    kernel: the root mean square distance, along one dimension, to its tenth neighbour (the median).
    """
    mean, log_var = (run.latents[name][:POSTERIORS] for name in ("mean", "log_var"))
    if run.config.kind == "autoencoder" and len(mean) > 1:
        from sklearn.neighbors import NearestNeighbors  # slow to import

        finder = NearestNeighbors(n_neighbors=min(SPACING, len(mean) - 1)).fit(mean)
        width = np.median(finder.kneighbors()[0][:, -1]) / np.sqrt(mean.shape[1])
        log_var = np.full_like(mean, 2.0 * np.log(max(float(width), 1e-6)))
    return mean, log_var


def log_posterior_density(codes: np.ndarray, mean: np.ndarray, log_var: np.ndarray) -> np.ndarray:
    """Return the log density of the aggregated posterior at codes (N, d): (N,) nats.

    q(z) = mean over images of N(z; mean, exp(log_var)), of the first 2,000 of them
    (Makhzani et al. 2015).
    """
    codes = np.asarray(codes, dtype=np.float64)
    mean, log_var = (np.asarray(part[:POSTERIORS], dtype=np.float64) for part in (mean, log_var))
    precision = np.exp(-log_var)  # (M, d)
    weighted, offset = mean * precision, (mean**2 * precision + log_var).sum(axis=1)
    found = np.empty(len(codes))
    for start in range(0, len(codes), AT_ONCE):
        part = codes[start : start + AT_ONCE]
        # |z - mean|^2 / var, multiplied out, so that it is two matrix products: (N, M)
        terms = part**2 @ precision.T - 2.0 * part @ weighted.T
        terms += offset
        terms *= -0.5
        most = terms.max(axis=1, keepdims=True)
        terms -= most
        np.exp(terms, out=terms)
        found[start : start + AT_ONCE] = most[:, 0] + np.log(terms.mean(axis=1))
    return found - 0.5 * codes.shape[1] * np.log(2.0 * np.pi)


def class_regions(codes: np.ndarray, mean: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the class that most of the 15 nearest latent means (M, d) have: (N,) uint8."""
    from sklearn.neighbors import KNeighborsClassifier  # slow to import

    classifier = KNeighborsClassifier(min(NEIGHBOURS, len(mean[:POSTERIORS])))
    return classifier.fit(mean[:POSTERIORS], y[:POSTERIORS]).predict(codes).astype(np.uint8)


def hole_mask(plane: Plane, points: np.ndarray, log_posterior: np.ndarray) -> np.ndarray:
    """Return where a hole is among points (N, 2) of a plane: (N,) bool.

    log_posterior: what `log_posterior_density` finds there. A hole is likely under the prior,
    within two of its standard deviations on the plane, and has an aggregated posterior of less than
    a twentieth of the prior's density.
    """
    centre, covariance = plane.prior()
    shifted = points - centre
    distance = np.einsum("ni,ij,nj->n", shifted, np.linalg.pinv(covariance), shifted)
    ratio = log_posterior - log_prior_density(plane.codes(points))
    return (distance <= LIKELY_DISTANCE**2) & (ratio < np.log(HOLE_RATIO))
