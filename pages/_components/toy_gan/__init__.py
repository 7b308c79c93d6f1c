"""A GAN of one number: densities, discriminator, and the best discriminator that there is."""

from __future__ import annotations

from pages._components.mounting import mounted
from vae.figures.colors import HUES
from vae.figures.svg import SVG_SCRIPT

__all__ = ["toy_gan"]

_mount = mounted(
    __file__,
    "toy_gan",
    str(SVG_SCRIPT),
    "../figure.js",
    "networks.js",
    "toy_gan.js",
    html='<div class="figure"></div>',
    css=("../figure.css", "toy_gan.css"),
)


def toy_gan(*, key: str) -> None:
    """Show the figure. Both networks train in the browser."""
    _mount(key=key, data={"hues": HUES})
