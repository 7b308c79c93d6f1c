"""How surprised a model is by an image: what it costs in nats, beside the test images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vae.runs import Run

__all__ = ["Costs", "costs_of", "share_below"]


@dataclass(frozen=True)
class Costs:
    """reconstruction and kl, nats for each image: (N,). The reconstruction is from the mean."""

    reconstruction: np.ndarray
    kl: np.ndarray


def costs_of(run: Run, images: np.ndarray) -> Costs:
    """Return what each of the images uint8 (N, H, W, C) costs, decoded from its posterior mean.

    Bernoulli cross-entropy of grey levels, summed over pixels, and KL(posterior || prior), summed
    over dimensions (Kingma & Welling 2014). An autoencoder has no KL: 0.
    """
    mean, log_var = run.encode(images)
    x = images.reshape(len(images), -1).astype(np.float64) / 255.0
    # The decoder gives probabilities: the margin keeps their logarithms finite, as float32 does.
    p = np.clip(run.decode(mean).reshape(x.shape).astype(np.float64), 1e-7, 1.0 - 1e-7)
    reconstruction = -(x * np.log(p) + (1.0 - x) * np.log1p(-p)).sum(axis=1)
    if run.config.kind == "autoencoder":
        return Costs(reconstruction, np.zeros(len(images)))
    mean, log_var = mean.astype(np.float64), log_var.astype(np.float64)
    kl = 0.5 * (mean**2 + np.exp(log_var) - 1.0 - log_var).sum(axis=1)
    return Costs(reconstruction, kl)


def share_below(value: float, others: np.ndarray) -> float:
    """Return the share of the others that cost less."""
    return float((others < value).mean())
