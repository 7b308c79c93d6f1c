"""Gaussian mixtures with full covariances, of as many components as the data bear."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vae.errors import RunError

__all__ = ["COMPONENTS", "Mixture", "Trial", "fit_mixture"]

COMPONENTS = (1, 2, 5, 10, 20, 40)  # that are tried
MAX_STEPS = 200  # of expectation maximisation
# Multiplications of one of these steps: with more, many dimensions would take minutes.
MAX_WORK = 250_000_000
MIN_CODES = 5  # for each component and each d + 1 of its parameters


class Trial(NamedTuple):
    """A number of components, its BIC (nats per code, smaller is better), whether EM converged."""

    components: int
    bic: float
    converged: bool


@dataclass(frozen=True)
class Mixture:
    """weights (K,), means (K, d) and the covariances' Cholesky factors (K, d, d), lower."""

    weights: np.ndarray
    means: np.ndarray
    factors: np.ndarray

    def sample(self, count: int, seed: int = 0) -> np.ndarray:
        """Sample z (count, d), float32; more of the same seed begin with the same."""
        picks, noise = (np.random.default_rng([seed, stream]) for stream in range(2))
        ends = np.cumsum(self.weights, dtype=np.float64)
        chosen = np.searchsorted(ends / ends[-1], picks.random(count), side="right")
        z = noise.standard_normal((count, self.means.shape[1]))
        for component in np.unique(chosen):  # a factor for each code would need far more memory
            own = chosen == component
            z[own] = self.means[component] + z[own] @ self.factors[component].T
        return z.astype(np.float32)


def fit_mixture(
    codes: np.ndarray, on_progress: Callable[[float], None] = lambda fraction: None
) -> tuple[Mixture, list[Trial]]:
    """Fit mixtures to codes (N, d); return the one of smallest BIC (Schwarz 1978), and all trials.

    EM from k-means with a fixed seed (scikit-learn). A number of components is tried if each could
    have 5 (d + 1) codes and a step of EM does not take too long; 1 always. One that does not
    converge in 200 steps is left out. on_progress: called with the fraction that is done.
    Raises RunError for fewer than two codes, non-finite codes, or if none converges.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    codes = np.asarray(codes, dtype=np.float64)
    if codes.ndim != 2 or len(codes) < 2 or not np.isfinite(codes).all():
        raise RunError(
            "A mixture is fitted to two codes (N, d) or more that are numbers. "
            f"Received: {codes.shape}{'' if np.isfinite(codes).all() else ', NaN or infinity'}"
        )
    count, dimensions = codes.shape
    # What EM adds to variances so that none vanishes, 1e-6, is relative to the codes' own then.
    scale = float(codes.std()) or 1.0
    codes = codes / scale
    candidates = [
        components
        for components in COMPONENTS
        if components == 1
        or (
            components * MIN_CODES * (dimensions + 1) <= count
            and components * count * dimensions**2 <= MAX_WORK
        )
    ]
    trials, best = [], None
    for index, components in enumerate(candidates):
        model = GaussianMixture(components, max_iter=MAX_STEPS, random_state=0)
        # On a busy machine several threads wait for each other.
        with threadpool_limits(limits=1), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # which is in the trial
            model.fit(codes)
            bic = float(model.bic(codes)) / (2 * count) + dimensions * math.log(scale)
        trials.append(Trial(components, bic, bool(model.converged_)))
        if model.converged_ and bic <= min(trial.bic for trial in trials if trial.converged):
            best = model
        on_progress(sum(candidates[: index + 1]) / sum(candidates))
    if best is None:
        tried = ", ".join(map(str, candidates))
        raise RunError(
            f"A mixture must converge within {MAX_STEPS} steps. Received: codes for which none "
            f"does, of {tried} components"
        )
    weights, means, covariances = (
        np.asarray(fitted) for fitted in (best.weights_, best.means_, best.covariances_)
    )
    arrays = (weights, scale * means, scale * np.linalg.cholesky(covariances))
    return Mixture(*(array.astype(np.float32) for array in arrays)), trials
