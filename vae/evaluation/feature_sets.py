"""How far two sets of features are from each other: Fréchet distance, precision and recall."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from vae.errors import RunError

__all__ = ["NEIGHBOURS", "frechet_distance", "precision_recall"]

NEIGHBOURS = 3  # Kynkäänniemi et al. 2019 choose it too
AT_ONCE = 500  # rows of a matrix of distances: bounds the memory


def frechet_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the squared Fréchet distance of two sets of features (N, f), (M, f) as Gaussians.

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) (Dowson & Landau 1982; Heusel et al. 2017 use it
    with another network's features and call it FID). Few features make it larger: about as
    1/N + 1/M. Raises RunError for other shapes, fewer than two rows, and non-finite values.
    """
    one, other = _checked(one, other, 2)
    # C = R' R with R from the features themselves. The root's trace is then the sum of the singular
    # values of R1 R2': exact and real, also where some features never vary.
    roots = [
        np.asarray(np.linalg.qr((part - part.mean(axis=0)) / math.sqrt(len(part) - 1), mode="r"))
        for part in (one, other)
    ]
    trace = np.linalg.norm(roots[0] @ roots[1].T, "nuc")
    shift = one.mean(axis=0) - other.mean(axis=0)
    value = shift @ shift + sum(np.square(root).sum() for root in roots) - 2.0 * trace
    return max(float(value), 0.0)


def precision_recall(real: np.ndarray, samples: np.ndarray) -> tuple[float, float]:
    """Return the fraction of samples (N, f) among real features (M, f), and the other way round.

    A feature is among the others if it is as near to one of them as that one's third nearest
    neighbour of its own set is (Kynkäänniemi et al. 2019). Precision: samples are believable.
    Recall: what is real can be sampled. Real images among other real ones do not reach 1.
    Raises RunError for other shapes, fewer than four rows, and non-finite values.
    """
    real, samples = _checked(real, samples, NEIGHBOURS + 1)
    real_radii, sample_radii = _squared_radii(real), _squared_radii(samples)
    precise, recalled = [], np.zeros(len(real), dtype=bool)
    for part, radii in zip(_parts(samples), _parts(sample_radii), strict=True):
        distances = _squared_distances(part, real)
        precise.append((distances <= real_radii).any(axis=1))
        recalled |= (distances <= radii[:, None]).any(axis=0)
    return float(np.concatenate(precise).mean()), float(recalled.mean())


def _squared_radii(features: np.ndarray) -> np.ndarray:
    """Return each feature's squared distance to its third nearest neighbour (N,)."""
    radii = np.empty(len(features))
    for part, found in zip(_parts(features), _parts(radii), strict=True):
        distances = _squared_distances(part, features)
        # The nearest of all is the feature itself.
        found[:] = np.partition(distances, NEIGHBOURS, axis=1)[:, NEIGHBOURS]
    return radii


def _squared_distances(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return |points - others|^2 (N, M), exact, so that equal features are at a distance of 0."""
    from scipy.spatial.distance import cdist

    return cdist(points, others, "sqeuclidean")


def _checked(one: np.ndarray, other: np.ndarray, minimum: int) -> tuple[np.ndarray, np.ndarray]:
    one, other = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    fits = one.ndim == other.ndim == 2 and one.shape[1] == other.shape[1]
    if not fits or min(len(one), len(other)) < minimum:
        raise RunError(
            f"Features must be two sets of {minimum} rows or more, of one width. "
            f"Received: {one.shape} and {other.shape}"
        )
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise RunError("Features must be numbers. Received: NaN or infinity")
    return one, other


def _parts(array: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(array), AT_ONCE):
        yield array[start : start + AT_ONCE]
