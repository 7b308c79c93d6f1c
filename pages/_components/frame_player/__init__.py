"""Plays images one after the other in the browser: at once, before there is a file of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pages._components.data_url import as_data_url
from pages._components.mounting import mounted
from vae.images import tile, to_png

__all__ = ["frame_player"]

_mount = mounted(
    __file__,
    "frame_player",
    "player.js",
    html='<div class="player"><canvas role="img"></canvas><div class="bar"><button></button>'
    '<input type="range" min="0" step="1" aria-label="Frame"><output></output></div></div>',
    css="player.css",
)


def frame_player(
    images: np.ndarray,
    *,
    frames_per_second: float,
    loop: bool,
    alt: str,
    key: str,
    names: Sequence[str] = (),
) -> None:
    """Play images uint8 (N, H, W, C); loop: for ever, or once.

    names: what is said of each, instead of its number.
    """
    count, height, width, channels = images.shape
    # A sheet that is about square: browsers draw no picture of more than 16,384 pixels a side.
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    rest = np.zeros((rows * columns - count, height, width, channels), np.uint8)
    sheet = to_png(tile(np.concatenate([images, rest]), rows, columns), quick=True)
    data = {
        "sheet": as_data_url(sheet),
        **{"count": count, "columns": columns, "width": width, "height": height},
        **{"framesPerSecond": frames_per_second, "loop": loop, "alt": alt, "names": [*names]},
    }
    _mount(key=key, data=data)
