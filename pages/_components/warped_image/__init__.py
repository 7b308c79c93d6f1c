"""Classical augmentation of one image: shifted, turned, scaled and bent, in the browser."""

from __future__ import annotations

import base64
import math

import numpy as np

from pages._components.mounting import mounted
from vae.figures.svg import SVG_SCRIPT

__all__ = ["warped_image"]

_mount = mounted(
    __file__,
    "warped_image",
    str(SVG_SCRIPT),
    "../figure.js",
    "warped_image.js",
    html='<div class="figure"></div>',
    css=("../figure.css", "warped_image.css"),
)


def warped_image(image: np.ndarray, *, alt: str, key: str) -> None:
    """Show an image uint8 (H, W, 1), and as many random variants as fit.

    Shift, turn, scale and bend reach at most as far as those of `vae.augmentation.warp`.
    """
    height, width, _ = image.shape
    _mount(
        key=key,
        data={
            "pixels": base64.b64encode(image.tobytes()).decode(),
            **{"height": height, "width": width, "alt": alt},
            **{"shift": 0.07, "turn": math.radians(12.0), "scale": 0.12, "bend": 0.02},
        },
    )
