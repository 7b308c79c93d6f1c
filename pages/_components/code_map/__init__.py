"""Codes of test images on a plane, and one that is dragged there and decoded meanwhile."""

from __future__ import annotations

import numpy as np

from pages._components.data_url import as_data_url
from pages._components.mounting import mounted_figure
from vae.figures.colors import class_color
from vae.latent.planes import Extent

__all__ = ["code_map"]

_mount = mounted_figure(__file__, "code_map", "code_map.js", css="code_map.css")


def code_map(
    points: np.ndarray,
    labels: np.ndarray,
    *,
    atlas: bytes,
    tiles: int,
    extent: Extent,
    class_names: tuple[str, ...],
    axes: tuple[str, str],
    key: str,
) -> None:
    """Show points (N, 2) of a plane by their classes, labels (N,), and a code that is dragged.

    All of it happens in the browser, which blends the four nearest tiles. atlas: a PNG of so many
    tiles across and up, decoded over the extent. axes: what the coordinates are called.
    """
    data = {
        "points": np.column_stack([points, labels]).round(2).tolist(),
        "names": class_names,
        "colors": [class_color(label) for label in range(len(class_names))],
        "axes": axes,
        "extent": list(extent),
        "tiles": tiles,
        "atlas": as_data_url(atlas),
    }
    _mount(key=key, data=data)
