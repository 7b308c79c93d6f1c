"""Curves of several runs on each other, a panel a quantity, with one pointer for all panels."""

from __future__ import annotations

from typing import Any

from pages._components.mounting import mounted
from vae.figures.svg import SVG_SCRIPT

__all__ = ["overlaid_curves"]

_mount = mounted(
    __file__,
    "overlaid_curves",
    str(SVG_SCRIPT),
    "panels.js",
    "legend.js",
    "overlay.js",
    html='<div class="overlay"><div class="panels"></div><div class="legend"></div></div>',
    css="overlay.css",
)


def overlaid_curves(data: dict[str, Any], *, key: str) -> None:
    """Show the curves; data: as `vae.figures.overlay_plot.overlay_data` makes them."""
    _mount(key=key, data=data)
