"""One sentence under a map: its main property, with the measured figures."""

from __future__ import annotations

import numpy as np

from vae.evaluation.coverage import Coverage
from vae.runs.run import Run
from vae.statistics import ACTIVE_VARIANCE

__all__ = ["coverage_text"]

MANY_MISSED = 0.2  # of the test images: from here on they are the main property
MANY_UNLIKE = 0.15  # of the samples


def coverage_text(run: Run, found: Coverage) -> str:
    """Return the main property of a run's map, from how far prior and posteriors overlap."""
    if np.var(run.latents["mean"], axis=0).max() <= ACTIVE_VARIANCE:
        return (
            "All dots lie in one heap: no latent dimension is active, so the decoder cannot tell "
            "one image from another, and its samples are all alike."
        )
    if found.missed >= MANY_MISSED and found.distance > found.prior_distance:
        free = not run.config.has("prior")
        why = "nothing keeps an autoencoder's codes near the prior: " if free else ""
        return (
            f"The clusters reach far beyond the dashed rings: {why}codes lie "
            f"{found.distance:.1f} from 0 on average, random codes of the prior "
            f"{found.prior_distance:.1f}. So samples miss {found.missed:.0%} of the test images, "
            f"and {found.unlike:.0%} of the samples are like none of them."
        )
    if found.unlike >= MANY_UNLIKE:
        return (
            f"There are gaps between the clusters: {found.unlike:.0%} of the samples are like no "
            f"test image. Samples miss {found.missed:.0%} of the test images."
        )
    return (
        "The clusters fill the dashed rings and touch: samples miss only "
        f"{found.missed:.0%} of the test images, and only {found.unlike:.0%} of the samples are "
        "like none of them."
    )
