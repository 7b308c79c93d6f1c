"""The KL divergence of one dimension against N(0, 1), under the hand, and its tug of war."""

from __future__ import annotations

from pages._components.mounting import mounted
from vae.figures.colors import HUES
from vae.figures.svg import SVG_SCRIPT

__all__ = ["kl_pull"]

_mount = mounted(
    __file__,
    "kl_pull",
    str(SVG_SCRIPT),
    "../figure.js",
    "kl_pull.js",
    html='<div class="figure"></div>',
    css=("../figure.css", "kl_pull.css"),
)


def kl_pull(*, has_reconstruction: bool, key: str) -> None:
    """Show a bell curve that is dragged against N(0, 1), and its KL in nats.

    has_reconstruction: whether a reconstruction pulls too, at the weight beta.
    """
    _mount(key=key, data={"hues": HUES, "hasReconstruction": has_reconstruction})
