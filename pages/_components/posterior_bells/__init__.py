"""A bell curve for each latent dimension of one image, beside the one number of an autoencoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages._components.mounting import mounted
from vae.figures.colors import HUES
from vae.figures.svg import SVG_SCRIPT

__all__ = ["posterior_bells"]

_mount = mounted(
    __file__,
    "posterior_bells",
    str(SVG_SCRIPT),
    "../figure.js",
    "posterior_bells.js",
    html='<div class="figure"></div>',
    css=("../figure.css", "posterior_bells.css"),
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
