"""Which likelihood fits the pixels of a data set, and why."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["LikelihoodProposal", "propose_likelihood"]

MAX_IMAGES = 2000  # that are looked at: enough for a percentage
NEARLY = 25  # of 255: values this near to black or white count as such
BLACK_AND_WHITE = 0.8  # of the values; MNIST has 91 %, Animals 84 %, Digits 65 %, photographs 34 %


class LikelihoodProposal(NamedTuple):
    """A value of `Config.likelihood`, and why it fits, in one sentence."""

    likelihood: str
    reason: str


def propose_likelihood(images: np.ndarray, binarisation: str = "none") -> LikelihoodProposal:
    """Return the likelihood that fits images, uint8 (N, H, W, C), as this binarisation has them.

    Black and white is what a Bernoulli distribution is of. Between them a Gaussian of learned width
    fits (Rybkin et al. 2021): on Digits its reconstructions have half of the squared error and its
    samples are sharper. A continuous Bernoulli is not proposed: what is decoded is its parameter,
    which is farther from grey than its mean is (Loaiza-Ganem & Cunningham 2019).
    Raises ValueError for no images.
    """
    if not len(images):
        raise ValueError(f"images must be at least one. Received: {images.shape}")
    if binarisation != "none":
        return LikelihoodProposal(
            "bernoulli", "Each pixel is made black or white, as a Bernoulli distribution has it."
        )
    values = images[:: -(-len(images) // MAX_IMAGES)]
    ends = float(np.mean((values <= NEARLY) | (values >= 255 - NEARLY)))
    if ends >= BLACK_AND_WHITE:
        return LikelihoodProposal(
            "bernoulli",
            f"{ends:.0%} of the pixels are nearly black or white, as a Bernoulli distribution has "
            "them.",
        )
    return LikelihoodProposal(
        "gaussian",
        f"{1 - ends:.0%} of the pixel values lie between black and white: they spread around a "
        "mean, as a Gaussian has them.",
    )
