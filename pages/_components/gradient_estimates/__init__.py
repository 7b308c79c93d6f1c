"""Two ways to estimate the gradient of a mean, side by side: pathwise and by the score function."""

from __future__ import annotations

from pages._components.mounting import mounted_figure
from vae.figures.colors import HUES

__all__ = ["gradient_estimates"]

_mount = mounted_figure(
    __file__, "gradient_estimates", "gradient_estimates.js", css="gradient_estimates.css"
)


def gradient_estimates(*, key: str) -> None:
    """Show the figure. All of it happens in the browser, which draws the random numbers too."""
    _mount(key=key, data={"hues": HUES})
