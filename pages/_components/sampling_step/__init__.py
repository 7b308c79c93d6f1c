"""How a code is sampled: z = mu + sigma epsilon, moved by hand, and where the gradient goes."""

from __future__ import annotations

from pages._components.mounting import mounted
from vae.figures.colors import HUES
from vae.figures.svg import SVG_SCRIPT

__all__ = ["sampling_step"]

_mount = mounted(
    __file__,
    "sampling_step",
    str(SVG_SCRIPT),
    "../figure.js",
    "sampling_step.js",
    html='<div class="figure"></div>',
    css=("../figure.css", "sampling_step.css"),
)


def sampling_step(*, key: str) -> None:
    """Show the figure. All of it happens in the browser."""
    _mount(key=key, data={"hues": HUES})
