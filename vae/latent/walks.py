"""Walks through latent space: a smooth way past some codes, and back to the first for a loop."""

from __future__ import annotations

import numpy as np

from vae.errors import ConfigError

__all__ = ["MAX_FRAMES", "MAX_STOPS", "walk_codes"]

MAX_FRAMES = 600
MAX_STOPS = 60


def walk_codes(stops: np.ndarray, frames: int, *, loop: bool = True) -> np.ndarray:
    """Return codes (frames, d), float32, on a smooth curve through the stops (K, d).

    A cubic spline (de Boor 1978), parametrised by the square root of the distances between stops
    (Lee 1989), so that it neither overshoots nor slows down. loop: the curve is closed, and the
    last frame is followed by the first; without it the curve begins and ends at a stop.
    Raises ConfigError for fewer than two or more than 60 stops, non-finite codes, and
    fewer frames than stops or more than 600.
    """
    stops = np.asarray(stops, dtype=np.float64)
    if stops.ndim != 2 or not 2 <= len(stops) <= MAX_STOPS or not np.isfinite(stops).all():
        raise ConfigError(
            f"A walk passes 2 to {MAX_STOPS} codes (K, d) that are numbers. "
            f"Received: {stops.shape}{'' if np.isfinite(stops).all() else ', NaN or infinity'}"
        )
    if not len(stops) <= frames <= MAX_FRAMES:
        raise ConfigError(
            f"A walk past {len(stops)} codes has from {len(stops)} to {MAX_FRAMES} frames. "
            f"Received: {frames}"
        )
    from scipy.interpolate import CubicSpline

    if loop:
        stops = np.concatenate([stops, stops[:1]])
    steps = np.sqrt(np.linalg.norm(np.diff(stops, axis=0), axis=1))
    knots = np.concatenate([[0.0], np.cumsum(np.maximum(steps, 1e-6))])
    curve = CubicSpline(knots, stops, bc_type="periodic" if loop else "natural")
    return curve(np.linspace(0.0, knots[-1], frames, endpoint=not loop)).astype(np.float32)
