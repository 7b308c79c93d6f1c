"""How sharp images are: how much their edges stand out."""

from __future__ import annotations

import numpy as np

__all__ = ["sharpness"]


def sharpness(images: np.ndarray) -> float:
    """Return the variance of the Laplacian within an image, averaged over images.

    images: (N, H, W, C), uint8 or floats in [0, 1]; of colors their mean. The filter is
    [[0, 1, 0], [1, -4, 1], [0, 1, 0]], which answers to edges: the more blurred an image is, the
    nearer to 0 are its answers. A measure of Tolstikhin et al. 2018, Wasserstein Auto-Encoders,
    appendix; with other filters and other sizes of images its values are others.
    """
    grey = images.astype(np.float64).mean(axis=3)
    if images.dtype == np.uint8:
        grey /= 255.0
    middle = grey[:, 1:-1, 1:-1]
    around = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    return float((around - 4.0 * middle).var(axis=(1, 2)).mean())
