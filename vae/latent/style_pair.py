"""Two images of one class that differ in style: what an example of arithmetic begins with."""

from __future__ import annotations

import numpy as np

__all__ = ["style_pair"]


def style_pair(means: np.ndarray, labels: np.ndarray, label: int) -> tuple[int, int]:
    """Return the indices of two images of a class, on either side of its mean.

    means: codes (N, d). labels: (N,), of which some are `label`. The two are those nearest to one
    standard deviation before and after the mean, along the first principal component of the class:
    the style in which its images differ most.
    """
    own = np.flatnonzero(labels == label)
    centred = means[own].astype(np.float64)
    centred -= centred.mean(axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    step = (centred @ direction).std() * direction
    first, second = (
        own[np.linalg.norm(centred - sign * step, axis=1).argmin()] for sign in (1.0, -1.0)
    )
    return int(first), int(second)
