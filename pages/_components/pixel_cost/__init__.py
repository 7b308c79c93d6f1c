"""What one pixel costs: the cross-entropy of a grey level and the one that a decoder gives."""

from __future__ import annotations

from pages._components.mounting import mounted_figure
from vae.figures.colors import HUES

__all__ = ["pixel_cost"]

_mount = mounted_figure(__file__, "pixel_cost", "pixel_cost.js")


def pixel_cost(*, key: str) -> None:
    """Show the figure. All of it happens in the browser."""
    _mount(key=key, data={"hues": HUES})
