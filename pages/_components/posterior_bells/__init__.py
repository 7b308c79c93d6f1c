"""A bell curve for each latent dimension of one image, beside the one number of an autoencoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages._components.mounting import mounted_figure
from vae.figures.colors import HUES

__all__ = ["posterior_bells"]

_mount = mounted_figure(
    __file__, "posterior_bells", "posterior_bells.js", css="posterior_bells.css"
)


def posterior_bells(
    mean: np.ndarray, log_var: np.ndarray, samples: np.ndarray, point: np.ndarray, *, key: str
) -> None:
    """Show the posterior (d,) and codes sampled from it (N, d), and another model's code (d,)."""
    _mount(
        key=key,
        data={
            "mean": _plain(mean),
            "deviation": _plain(np.exp(0.5 * log_var)),
            "samples": [_plain(code) for code in samples],
            "point": _plain(point),
            "hues": HUES,
        },
    )


def _plain(values: Sequence[float] | np.ndarray) -> list[float]:
    return [float(value) for value in values]
