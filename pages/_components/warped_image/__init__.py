"""Classical augmentation of one image: shifted, turned, scaled and bent, in the browser."""

from __future__ import annotations

import base64
import math

import numpy as np

from pages._components.mounting import mounted_figure

__all__ = ["warped_image"]

_mount = mounted_figure(__file__, "warped_image", "warped_image.js", css="warped_image.css")


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
