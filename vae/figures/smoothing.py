"""A curve without its jitter."""

from __future__ import annotations

import numpy as np

from vae.errors import ConfigError

__all__ = ["MAX_SMOOTHING", "smoothed"]

MAX_SMOOTHING = 0.99


def smoothed(values: np.ndarray, weight: float) -> np.ndarray:
    """Return the exponential moving average of values (N,), without the bias of its beginning.

    s_n = weight s_{n-1} + (1 - weight) v_n from s_0 = 0, divided by 1 - weight^n, the sum of its
    weights, so that the first value stays. TensorBoard smooths its curves so, and the correction is
    that of Adam's means (Kingma & Ba 2015, section 3). Raises ConfigError for a weight outside 0 to
    0.99.
    """
    if not 0.0 <= weight <= MAX_SMOOTHING:  # NaN too
        raise ConfigError(
            f"smoothing must be a number from 0 to {MAX_SMOOTHING}. Received: {weight}"
        )
    means, mean = np.empty(len(values)), 0.0
    for index, value in enumerate(values):
        mean = weight * mean + (1.0 - weight) * value
        means[index] = mean / (1.0 - weight ** (index + 1))
    return means
