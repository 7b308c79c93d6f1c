"""The KL divergence of one dimension against N(0, 1), under the hand, and its tug of war."""

from __future__ import annotations

from pages._components.mounting import mounted_figure
from vae.figures.colors import HUES

__all__ = ["kl_pull"]

_mount = mounted_figure(__file__, "kl_pull", "kl_pull.js", css="kl_pull.css")


def kl_pull(*, has_reconstruction: bool, key: str) -> None:
    """Show a bell curve that is dragged against N(0, 1), and its KL in nats.

    has_reconstruction: whether a reconstruction pulls too, at the weight beta.
    """
    _mount(key=key, data={"hues": HUES, "hasReconstruction": has_reconstruction})
