"""Paths between two codes."""

from __future__ import annotations

from typing import Literal

import numpy as np

__all__ = ["PathKind", "interpolate"]

PathKind = Literal["linear", "spherical"]
MIN_ANGLE = 1e-4  # radians: below, both paths are the same and the formula divides by zero


def interpolate(
    start: np.ndarray, end: np.ndarray, steps: int, kind: PathKind = "linear"
) -> np.ndarray:
    """Return codes (steps, d) from start (d,) to end (d,), both included.

    Spherical: along the great circle while the length changes evenly (Shoemake 1985; White 2016),
    so that codes in between are as long as codes of the prior are. Through opposite or zero codes
    there is no single circle: then it is linear.
    """
    start, end = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    t = np.linspace(0.0, 1.0, steps)[:, None]
    linear = (1.0 - t) * start + t * end
    lengths = np.linalg.norm(start), np.linalg.norm(end)
    if kind == "linear" or min(lengths) == 0.0:
        return linear.astype(np.float32)
    one, other = start / lengths[0], end / lengths[1]
    angle = float(np.arccos(np.clip(one @ other, -1.0, 1.0)))
    if angle < MIN_ANGLE or angle > np.pi - MIN_ANGLE:
        return linear.astype(np.float32)
    direction = (np.sin((1.0 - t) * angle) * one + np.sin(t * angle) * other) / np.sin(angle)
    length = (1.0 - t) * lengths[0] + t * lengths[1]
    return (length * direction).astype(np.float32)
