"""Does a picture look like the data at all? Its log-likelihood ratio to a broad baseline.

The likelihood alone does not say: it is higher for some simpler pictures of other data than for the
model's own (Nalisnick et al. 2019), as every evenly dark picture is short to describe. So what it
is divided by is as broad as can be and knows no shapes (Ren et al. 2019), and is the higher the
simpler a picture is (Serrà et al. 2020).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae.evaluation.image_costs import pixel_nats

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = ["baseline_log_likelihood"]

AT_ONCE = 100  # images as float64


def baseline_log_likelihood(run: Run, images: np.ndarray) -> np.ndarray:
    """Return log p0(x) of images uint8 (N, H, W, C), as the run's model gets them: (N,) nats.

    Each pixel is independent of the others and has the mean brightness of its own picture, under
    the run's likelihood; of Bernoulli pixels it is -D H(mean), with D pixels and the entropy H, the
    highest that one brightness for all can have. To say the brightness itself would take about
    ln(D) / 2 nats more (Rissanen 1983), which are not counted. A mean is at least half a pixel away
    from black and from white.
    """
    parts = [images[begin : begin + AT_ONCE] for begin in range(0, len(images), AT_ONCE)]
    return np.concatenate([_of_some(run, part) for part in parts])


def _of_some(run: Run, images: np.ndarray) -> np.ndarray:
    x = images.reshape(len(images), -1).astype(np.float64) / 255.0
    half = 0.5 / x.shape[1]
    mean = np.clip(x.mean(axis=1, keepdims=True), half, 1.0 - half)
    return -pixel_nats(run, x, np.broadcast_to(mean, x.shape)).sum(axis=1)
