"""How a code is sampled: z = mu + sigma epsilon, moved by hand, and where the gradient goes."""

from __future__ import annotations

from pages._components.mounting import mounted_figure
from vae.figures.colors import HUES

__all__ = ["sampling_step"]

_mount = mounted_figure(__file__, "sampling_step", "sampling_step.js", css="sampling_step.css")


def sampling_step(*, key: str) -> None:
    """Show the figure. All of it happens in the browser."""
    _mount(key=key, data={"hues": HUES})
