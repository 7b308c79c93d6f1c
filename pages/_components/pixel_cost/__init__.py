"""What one pixel costs: the cross-entropy of a grey level and the one that a decoder gives."""

from __future__ import annotations

from pages._components.mounting import mounted
from vae.figures.colors import HUES
from vae.figures.svg import SVG_SCRIPT

__all__ = ["pixel_cost"]

_mount = mounted(
    __file__,
    "pixel_cost",
    str(SVG_SCRIPT),
    "../figure.js",
    "pixel_cost.js",
    html='<div class="figure"></div>',
    css="../figure.css",
)


def pixel_cost(*, key: str) -> None:
    """Show the figure. All of it happens in the browser."""
    _mount(key=key, data={"hues": HUES})
