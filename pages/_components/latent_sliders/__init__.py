"""A slider for every latent dimension beside the image they decode to, as they move.

Streamlit's own slider sends its value when it is released; this one does while it moves, and shows
the image inside the same component, so that nothing else on the page is rendered again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages._components.data_url import as_data_url
from pages._components.mounting import mounted
from vae.images import to_png

__all__ = ["latent_sliders"]

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
) -> None:
    """Show the sliders at z and an image (H, W, C), uint8, `pixels` wide.

    The moved values are in st.session_state[key]["z"], beside the generation that they belong to.
    dimensions: those that have a slider, in this order. strips: an image below each slider that
    shows what the dimension changes. reach: the sliders go from -reach to reach. generation: a new
    one sets the sliders to z; with an unchanged one they stay where the user moved them.
    """
    data = {
        "z": [float(value) for value in z],
        "dimensions": list(dimensions),
        "image": as_data_url(to_png(image, scale=max(1, pixels // image.shape[1]))),
        "strips": [as_data_url(to_png(strip)) for strip in strips],
        "reach": reach,
        "generation": generation,
    }
    _mount(key=key, data=data, default={"z": None}, on_z_change=lambda: None)
