"""Where test images lie in latent space while a model learns: one plane and one scale for a run.

Of two dimensions the plane is latent space itself. Of more it is the one along which the test
images vary most at the end of the first epoch; within that epoch it is found anew at each moment.
It is turned so that it is as close as can be to the plane of the untrained network (the orthogonal
Procrustes problem, Schönemann 1966), so that what turns on the screen is the model.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Window", "learning_axes", "window_around"]

PRIOR_REACH = 3.0  # standard deviations of the prior that are always shown
STEP = 2.0**0.25  # a window grows in such steps, so that it stands still most of the time
EDGE_PERCENT = 1.0  # of the points may lie beyond each edge


class Window(NamedTuple):
    """The square that is shown: its centre, and half of its side."""

    x: float
    y: float
    half: float


def learning_axes(means: np.ndarray, untrained: np.ndarray) -> np.ndarray:
    """Return the axes (2, d) of the plane of most variance of latent means (N, d).

    untrained: the means (N, d) that the network began with.
    """
    dims = means.shape[1]
    if dims <= 2:
        return np.eye(2, dims)
    axes, reference = _principal_axes(means), _principal_axes(untrained)
    left, _, right = np.linalg.svd(reference @ axes.T)
    return left @ right @ axes


def window_around(points: np.ndarray, has_prior: bool) -> Window:
    """Return the square that shows points (N, 2): around the prior's mean, where there is one."""
    low, high = np.percentile(points, [EDGE_PERCENT, 100.0 - EDGE_PERCENT], axis=0)
    if has_prior:
        reach = max(PRIOR_REACH, float(np.abs([low, high]).max()))
        return Window(0.0, 0.0, PRIOR_REACH * _stepped(reach / PRIOR_REACH))
    half = _stepped(max(float((high - low).max()) / 2.0, 1e-6))
    x, y = (round(float(middle) / half * 4.0) * half / 4.0 for middle in (low + high) / 2.0)
    return Window(x, y, half)


def _principal_axes(means: np.ndarray) -> np.ndarray:
    """Return the two directions (2, d) along which means (N, d) vary most."""
    centred = np.asarray(means, np.float64)
    centred = centred - centred.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)  # in the order of growing variance
    return vectors[:, [-1, -2]].T


def _stepped(size: float) -> float:
    """Return a size with a margin, in steps."""
    return float(STEP ** np.ceil(np.log(size) / np.log(STEP) + 0.3))
