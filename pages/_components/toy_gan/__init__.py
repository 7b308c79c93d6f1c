"""A GAN of one number: densities, discriminator, and the best discriminator that there is."""

from __future__ import annotations

from pages._components.mounting import mounted_figure
from vae.figures.colors import HUES

__all__ = ["toy_gan"]

_mount = mounted_figure(__file__, "toy_gan", "networks.js", "toy_gan.js", css="toy_gan.css")


def toy_gan(*, key: str) -> None:
    """Show the figure. Both networks train in the browser."""
    _mount(key=key, data={"hues": HUES})
