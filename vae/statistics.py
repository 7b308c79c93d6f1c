"""Formulas of statistics that several packages use, in NumPy."""

from __future__ import annotations

import importlib
import math
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "ACTIVE_VARIANCE",
    "NORMAL_95",
    "Interval",
    "class_recalls",
    "confusion_matrix",
    "gaussian_kl",
    "some_indices",
    "standard_error",
    "t_interval",
    "wilson_interval",
]

# A dimension is in use if its posterior mean varies over the images by more than this variance
# (Burda et al. 2016, section 5).
ACTIVE_VARIANCE = 0.01
NORMAL_95 = 1.959963984540054  # 95 % of a standard normal variable lie within so much of 0


def gaussian_kl(mean: np.ndarray, log_var: np.ndarray) -> np.ndarray:
    """Return KL(N(mean, exp(log_var)) || N(0, 1)) of each dimension, in nats: shape (N, d).

    Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (mean**2 + np.exp(log_var) - 1.0 - log_var)


def standard_error(values: np.ndarray) -> float:
    """Return that of the mean of independent values (N,); 0 for a single one, which has none."""
    return float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else 0.0


class Interval(NamedTuple):
    """A mean of so many values, and its 95 % interval: NaN where there is a single value."""

    mean: float
    low: float
    high: float
    size: int


def t_interval(values: np.ndarray) -> Interval:
    """Return the mean of independent, about normal values (N,) with Student's 95 % interval.

    Student 1908. Of differences paired by seed it is the interval of the paired t test. N: 1 or
    more.
    """
    special: Any = importlib.import_module("scipy.special")  # without types

    mean, count = float(np.mean(values)), len(values)
    if count < 2:
        return Interval(mean, math.nan, math.nan, count)
    half = float(special.stdtrit(count - 1, 0.975)) * standard_error(np.asarray(values, np.float64))
    return Interval(mean, mean - half, mean + half, count)


def wilson_interval(hits: int, count: int) -> tuple[float, float]:
    """Return between which fractions the true one lies, at 95 %, if so many of `count` are hits.

    Wilson 1927, which unlike the normal approximation holds near 0 and 1 too. count: at least 1.
    """
    z, fraction = NORMAL_95, hits / count
    centre = (fraction + z**2 / (2 * count)) / (1 + z**2 / count)
    half = (
        z
        / (1 + z**2 / count)
        * math.sqrt(fraction * (1 - fraction) / count + z**2 / (4 * count**2))
    )
    # At 0 and at 1 the fraction is an end itself, but for rounding.
    return max(0.0, min(centre - half, fraction)), min(1.0, max(centre + half, fraction))


def confusion_matrix(labels: np.ndarray, said: np.ndarray, classes: int) -> np.ndarray:
    """Return how many images of each class (rows) were taken for each (columns): int32.

    labels, said: whole numbers (N,), from 0 to classes - 1.
    """
    counts = np.bincount(labels.astype(np.int64) * classes + said, minlength=classes**2)
    return counts.reshape(classes, classes).astype(np.int32)


def some_indices(total: int, count: int, seed: int) -> np.ndarray:
    """Return so many of the indices below `total`, at random and in order; all at most."""
    return np.sort(np.random.default_rng(seed).permutation(total)[:count])


def class_recalls(confusion: np.ndarray) -> np.ndarray:
    """Return the fraction of each class's images that were taken for it: (classes,).

    confusion: see `confusion_matrix`. NaN for a class without images.
    """
    totals = confusion.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.diag(confusion) / totals
