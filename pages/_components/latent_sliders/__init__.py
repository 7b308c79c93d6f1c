"""A slider for every latent dimension beside the image they decode to, as they move.

Streamlit's own slider sends its value when it is released; this one does while it moves, and shows
the image inside the same component, so that nothing else on the page is rendered again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._components.mounting import mounted
from vae.architecture import MAX_CODE
from vae.images import to_png

__all__ = ["latent_sliders", "moved_code"]

_mount = mounted(
    __file__,
    "latent_sliders",
    "sliders.js",
    html='<div class="room"><div class="board"><figure><img alt="Decoded image"><figcaption>'
    '</figcaption></figure><div class="sliders"></div></div></div>',
    css="sliders.css",
)


def latent_sliders(
    z: Sequence[float] | np.ndarray,
    image: np.ndarray,
    *,
    dimensions: Sequence[int],
    strips: Sequence[np.ndarray] = (),
    reach: float,
    pixels: int,
    key: str,
    generation: str,
    symbol: str = "z",
    caption: str | None = None,
) -> None:
    """Show the sliders at z and an image (H, W, C), uint8, `pixels` wide; see `moved_code`.

    dimensions: those that have a slider, in this order. strips: an image below each slider that
    shows what the dimension changes. reach: the sliders go from -reach to reach. generation: a new
    one sets the sliders to z; with an unchanged one they stay where the user moved them.
    symbol: of the code. caption: of the image; None: how long z is, beside what the prior expects.
    """
    data = {
        "z": [float(value) for value in z],
        "dimensions": list(dimensions),
        "image": as_data_url(to_png(image, scale=max(1, pixels // image.shape[1]))),
        "strips": [as_data_url(to_png(strip)) for strip in strips],
        "reach": reach,
        "generation": generation,
        "symbol": symbol,
        "caption": caption,
    }
    _mount(key=key, data=data, default={"z": None}, on_z_change=lambda: None)


def moved_code(key: str, generation: str, size: int) -> np.ndarray | None:
    """Return where the sliders of a key stand, z (size,), or None until they were moved."""
    try:
        found = st.session_state[key]["z"]
        if found["generation"] != generation:
            return None
        code = np.asarray(found["values"], dtype=np.float32)
    except (TypeError, KeyError, ValueError):
        return None
    return code if code.shape == (size,) and (np.abs(code) <= MAX_CODE).all() else None
