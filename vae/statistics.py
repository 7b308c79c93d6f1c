"""Formulas of statistics that several packages use, in NumPy."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["ACTIVE_VARIANCE", "gaussian_kl", "standard_error"]

# A dimension is in use if its posterior mean varies over the images by more than this variance
# (Burda et al. 2016, section 5).
ACTIVE_VARIANCE = 0.01


def gaussian_kl(mean: np.ndarray, log_var: np.ndarray) -> np.ndarray:
    """Return KL(N(mean, exp(log_var)) || N(0, 1)) of each dimension, in nats: shape (N, d).

    Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (mean**2 + np.exp(log_var) - 1.0 - log_var)


def standard_error(values: np.ndarray) -> float:
    """Return that of the mean of independent values (N,); 0 for a single one, which has none."""
    return float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else 0.0
