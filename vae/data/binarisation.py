"""Black-and-white images from grey ones, in the ways that the literature compares on.

A number in nats means something only beside others of the same binarisation: grey pixels, pixels
sampled once for all time (Larochelle & Murray 2011) or at every step (Burda et al. 2016).
"""

from __future__ import annotations

import numpy as np

from vae.config import Config
from vae.config.settings import BINARISATIONS

__all__ = ["binarisation_name", "binarisation_words", "binarise"]

# The data set is the same for every run and every machine, as the published binary MNIST is.
FIXED_SEED = 2011

_NAMES = {
    "none": "grey levels",
    "threshold": "black and white, cut at one half",
    "fixed": "black and white, drawn once from the grey levels",
    "sampled": "black and white, drawn from the grey levels anew at each step",
}
_FIGURE_NAMES = {
    "threshold": "black and white, cut at one half",
    "fixed": "black and white, statically binarised: drawn once from the grey levels",
    "sampled": "black and white, dynamically binarised: drawn from the grey levels, seed 0",
}


def binarise(images: np.ndarray, binarisation: str, seed: int = 0) -> np.ndarray:
    """Return binarised images: uint8 (N, H, W, C), 0 or 255 unless the binarisation is "none".

    threshold: bright from one half on. fixed: each pixel is a Bernoulli sample, with its grey level
    as probability, always the same. sampled: such samples of this seed. Raises ValueError for
    another binarisation.
    """
    if binarisation not in BINARISATIONS:
        raise ValueError(
            f"binarisation must be one of {', '.join(BINARISATIONS)}. "
            f"Received: {binarisation!r:.80}"
        )
    if binarisation == "none":
        return images
    if binarisation == "threshold":
        bright = images >= 128
    else:
        random = np.random.default_rng(FIXED_SEED if binarisation == "fixed" else seed)
        # One of 0 to 254 is below a pixel with probability pixel / 255, exactly.
        bright = random.integers(0, 255, images.shape, dtype=np.uint8) < images
    return np.where(bright, np.uint8(255), np.uint8(0))


def binarisation_name(binarisation: str) -> str:
    """Return what the interface says of the images that a model learns from."""
    return _NAMES[binarisation]


def binarisation_words(config: Config, binarisation: str) -> str:
    """Return what figures say of the images that they were measured on."""
    condition = ", given their class" if config.conditional else ""
    if binarisation != "none":
        return f"{_FIGURE_NAMES[binarisation]}{condition}"
    if not config.has("likelihood"):
        return "grey levels in [0, 1]"
    how = "by their density" if config.is_density else "as Bernoulli probabilities"
    return f"grey levels in [0, 1], {how}{condition}"
