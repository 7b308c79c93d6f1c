"""A slider for every latent dimension beside the image they decode to, as they move.

Streamlit's own slider tells its value when it is let go; this one does while it moves, and shows
the image inside the same component, so that nothing else on the page is drawn again.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

__all__ = ["latent_sliders"]

_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "latent_sliders",
    html='<div class="board"><figure><img alt="Decoded image"><figcaption></figcaption></figure>'
    '<div class="sliders"></div></div>',
    css=(_HERE / "sliders.css").read_text(encoding="utf-8"),
    js=(_HERE / "sliders.js").read_text(encoding="utf-8"),
)


def latent_sliders(
    z: Sequence[float], png: bytes, *, reach: float, key: str, generation: int
) -> None:
    """Draw the sliders at z and the image; the moved values are in st.session_state[key]["z"].

    reach: the sliders go from -reach to reach. generation: a new number sets the sliders to z;
    with the old one they stay where the hand holds them.
    """
    image = "data:image/png;base64," + base64.b64encode(png).decode()
    _mount(
        key=key,
        data={"z": list(z), "image": image, "reach": reach, "generation": generation},
        default={"z": list(z)},
        on_z_change=lambda: None,
    )
