"""Latent dimensions, ranked by what they carry, and what each changes in the image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae.images import to_uint8
from vae.latent.latents import latents_of
from vae.statistics import ACTIVE_VARIANCE, gaussian_kl

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = [
    "REACH",
    "Dimension",
    "ranked_dimensions",
    "traverse_all",
    "traverse_values",
]

REACH = 3.0  # standard deviations of the prior
AT_ONCE = 500  # codes that are decoded at a time; 25 MB of 64 x 64 color images


@dataclass(frozen=True)
class Dimension:
    """index: from 0. kl: nats per image, mean over the test images. variance: of its means."""

    index: int
    kl: float
    variance: float

    @property
    def is_active(self) -> bool:
        """Whether it is in use, by Burda's criterion."""
        return self.variance > ACTIVE_VARIANCE


def ranked_dimensions(run: Run) -> list[Dimension]:
    """Return all latent dimensions, those that carry most first.

    By their mean KL from the prior; those of an autoencoder, which has none, by the variance of
    their means. Raises RunError while a run has no latents.
    """
    latents = latents_of(run)
    mean, log_var = (latents[name].astype(np.float64) for name in ("mean", "log_var"))
    variance = mean.var(axis=0)
    kl = gaussian_kl(mean, log_var).mean(axis=0)
    if not run.config.has("posterior"):
        kl = np.zeros_like(variance)
    found = [Dimension(i, float(kl[i]), float(variance[i])) for i in range(mean.shape[1])]
    return sorted(found, key=lambda each: (-each.kl, -each.variance, each.index))


def traverse_values(steps: int) -> np.ndarray:
    """Return the values that a traversal takes: from -3 to 3, evenly, (steps,)."""
    return np.linspace(-REACH, REACH, steps)


def traverse_all(run: Run, indices: Sequence[int], around: np.ndarray, steps: int) -> np.ndarray:
    """Decode a code (d,) with one dimension after the other set to values from -3 to 3.

    indices: of K dimensions. Returns uint8 (K, steps, H, W, C): one row for each.
    """
    codes = np.tile(np.asarray(around, dtype=np.float32), (len(indices), steps, 1))
    for row, index in zip(codes, indices, strict=True):
        row[:, index] = traverse_values(steps)
    flat = codes.reshape(-1, codes.shape[-1])
    # Some rows at a time: decoded images are floats, four times as large as the bytes made of them.
    parts = [
        to_uint8(run.decode(part)) for part in np.split(flat, range(AT_ONCE, len(flat), AT_ONCE))
    ]
    return np.concatenate(parts).reshape(len(indices), steps, *run.image_shape)
