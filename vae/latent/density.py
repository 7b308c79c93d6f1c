"""Densities over a plane: where posteriors are, which class is most frequent where, and holes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vae.latent.planes import Plane

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = [
    "HOLE_RATIO",
    "Posteriors",
    "class_regions",
    "hole_mask",
    "log_density_ratio",
    "log_posterior_density",
    "log_prior_density",
    "posteriors_of",
]

TAU = 2.0 * np.pi
POSTERIORS = 2000  # of the test images; all 10,000 give the same map in five times the time
AT_ONCE = 64  # codes: their distances to the posteriors take 1 MB, which stays in a cache
NEIGHBOURS = 15
SPACING = 5  # the neighbour whose distance is how far codes lie apart
HOLE_RATIO = 0.05  # of the prior's density: less aggregated posterior than this is a hole
LIKELY_DISTANCE = 2.0  # standard deviations on the plane within which the prior is likely
LIKELY_FRACTION = 0.95  # of the prior's codes are as near to 0 as what counts as likely


class Posteriors(NamedTuple):
    """mean and log_var, both (M, d), of up to 2,000 test images, blurred; width: of the blur.

    A few thousand narrow posteriors leave gaps that are due to their number alone, the more the
    more dimensions there are, and an autoencoder's codes are points. So each is blurred by a normal
    kernel as wide as codes lie apart: the median distance to the fifth neighbour, along one
    dimension (root mean square). What they are compared with is blurred alike.
    """

    mean: np.ndarray
    log_var: np.ndarray
    width: float


def posteriors_of(run: Run) -> Posteriors:
    """Return the posteriors that make up a run's aggregated one, of which it needs latents."""
    mean, log_var = (run.latents[name][:POSTERIORS].astype(float) for name in ("mean", "log_var"))
    if len(mean) < 2:
        return Posteriors(mean, log_var, 0.0)
    from sklearn.neighbors import NearestNeighbors  # slow to import

    finder = NearestNeighbors(n_neighbors=min(SPACING, len(mean) - 1)).fit(mean)
    width = float(np.median(finder.kneighbors()[0][:, -1])) / np.sqrt(mean.shape[1])
    return Posteriors(mean, np.log(np.exp(log_var) + width**2), float(width))


def log_prior_density(codes: np.ndarray, width: float = 0.0) -> np.ndarray:
    """Return log N(z; 0, (1 + width^2) I) of codes (N, d): (N,) nats. width: of a blur."""
    codes = np.asarray(codes, dtype=np.float64)
    variance = 1.0 + width**2
    return -0.5 * ((codes**2).sum(axis=1) / variance + codes.shape[1] * np.log(TAU * variance))


def log_posterior_density(codes: np.ndarray, mean: np.ndarray, log_var: np.ndarray) -> np.ndarray:
    """Return the log density of the aggregated posterior at codes (N, d): (N,) nats.

    q(z) = mean over images of N(z; mean, exp(log_var)), both (M, d) (Makhzani et al. 2015).
    """
    codes, mean, log_var = (np.asarray(part, np.float64) for part in (codes, mean, log_var))
    precision = np.exp(-log_var)  # (M, d)
    weighted, offset = mean * precision, (mean**2 * precision + log_var).sum(axis=1)
    found = np.empty(len(codes))
    for start in range(0, len(codes), AT_ONCE):
        part = codes[start : start + AT_ONCE]
        # |z - mean|^2 / var, multiplied out, so that it is two matrix products: (N, M)
        terms = part**2 @ precision.T - 2.0 * part @ weighted.T
        terms += offset
        terms *= -0.5
        largest = terms.max(axis=1, keepdims=True)
        terms -= largest
        # As float32, where the exponential takes a fifth of the time: the largest term is 1, and
        # what is lost of the others is 1e-7 of the sum.
        relative = np.exp(terms.astype(np.float32))
        found[start : start + AT_ONCE] = largest[:, 0] + np.log(relative.mean(axis=1, dtype=float))
    return found - 0.5 * codes.shape[1] * np.log(TAU)


def log_density_ratio(codes: np.ndarray, posteriors: Posteriors) -> np.ndarray:
    """Return log q(z) / p(z) at codes (N, d), both blurred: (N,) nats.

    It is 0 everywhere where the aggregated posterior is the prior.
    """
    mean, log_var, width = posteriors
    return log_posterior_density(codes, mean, log_var) - log_prior_density(codes, width)


def class_regions(codes: np.ndarray, mean: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the class that most of the 15 nearest latent means (M, d) have: (N,) uint8."""
    from sklearn.neighbors import KNeighborsClassifier  # slow to import

    classifier = KNeighborsClassifier(min(NEIGHBOURS, len(mean[:POSTERIORS])))
    return classifier.fit(mean[:POSTERIORS], y[:POSTERIORS]).predict(codes).astype(np.uint8)


def hole_mask(plane: Plane, points: np.ndarray, log_ratio: np.ndarray) -> np.ndarray:
    """Return where a hole is among points (N, 2) of a plane, with `log_density_ratio`: (N,) bool.

    There the aggregated posterior has less than a twentieth of the prior's density, both blurred,
    and the prior is likely: the point is within two of its standard deviations on the plane, and
    no farther from 0 than 95 % of its codes.
    """
    from scipy.special import gammaincinv

    centre, covariance = plane.prior()
    shifted = points - centre
    distance = np.einsum("ni,ij,nj->n", shifted, np.linalg.pinv(covariance), shifted)
    codes = plane.codes(points)
    # Squared lengths of the prior's codes have a chi-squared distribution with d degrees.
    max_square = 2.0 * gammaincinv(0.5 * codes.shape[1], LIKELY_FRACTION)
    likely = (distance <= LIKELY_DISTANCE**2) & ((codes**2).sum(axis=1) <= max_square)
    return likely & (log_ratio < np.log(HOLE_RATIO))
