"""What an image costs a model in nats, beside the test images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vae.architecture import FIRST_PIXEL_LOG_VAR
from vae.statistics import gaussian_kl

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = ["MARGIN", "Costs", "costs_of", "fraction_below", "pixel_nats"]

MARGIN = 1e-7


@dataclass(frozen=True)
class Costs:
    """reconstruction and kl, nats for each image: (N,). The reconstruction is from the mean."""

    reconstruction: np.ndarray
    kl: np.ndarray


def costs_of(run: Run, images: np.ndarray, labels: Any = None) -> Costs:
    """Return what each of the images uint8 (N, H, W, C) costs, decoded from its posterior mean.

    They are binarised first as the run's training images were. labels: as `Run.encode` takes them.
    -log of the likelihood that the run has, of grey levels, summed over pixels, and KL(posterior
    || prior), summed over dimensions (Kingma & Welling 2014). An autoencoder has no KL: 0. What
    the decoder is surer of than 1e-7 counts as that: a continuous Bernoulli, whose density has
    no upper end, costs less in evaluation.
    """
    images = run.preprocess(images)
    mean, log_var = run.encode(images, labels)
    x = images.reshape(len(images), -1).astype(np.float64) / 255.0
    decoded = run.decode(mean, labels).reshape(x.shape).astype(np.float64)
    reconstruction = pixel_nats(run, x, decoded).sum(axis=1)
    if not run.config.has("posterior"):
        return Costs(reconstruction, np.zeros(len(images)))
    mean, log_var = mean.astype(np.float64), log_var.astype(np.float64)
    kl = gaussian_kl(mean, log_var).sum(axis=1)
    return Costs(reconstruction, kl)


def pixel_nats(run: Run, x: np.ndarray, decoded: np.ndarray) -> np.ndarray:
    """Return -log p of each grey level x (N, pixels), given the decoder's output: in nats.

    x, decoded: in [0, 1]. As in `objective`.
    """
    if run.config.likelihood == "gaussian":
        # Each row has the deviation at its end; the model is that of an epoch's end.
        epoch = run.status.get("model_epoch", 0)
        later = [row for row in run.rows if "pixel_deviation" in row and row["epoch"] <= epoch]
        first = {"pixel_deviation": np.exp(0.5 * FIRST_PIXEL_LOG_VAR)}
        deviation = np.clip([first, *later][-1]["pixel_deviation"], 1e-6, 1e6)
        return 0.5 * ((x - decoded) / deviation) ** 2 + np.log(deviation * np.sqrt(2.0 * np.pi))
    # The decoder gives probabilities: the margin keeps their logarithms finite, as float32 does.
    p = np.clip(decoded, MARGIN, 1.0 - MARGIN)
    nats = -(x * np.log(p) + (1.0 - x) * np.log1p(-p))
    if run.config.likelihood == "continuous_bernoulli":
        logits = np.abs(np.log(p) - np.log1p(-p)) + 1e-6  # where it is 0, C is 2
        nats -= np.log(logits / np.tanh(0.5 * logits))
    return nats


def fraction_below(value: float, others: np.ndarray) -> float:
    """Return the fraction of the others (N,), in nats as the value, that cost less."""
    return float((others < value).mean())
