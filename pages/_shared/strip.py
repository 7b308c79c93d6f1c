"""Small images side by side, in as many rows as there is room for."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from vae.images import to_png

__all__ = ["show_strip"]


def show_strip(images: np.ndarray, alt: str, *, columns: int = 0, narrowest: float = 3.6) -> None:
    """Show images uint8 (N, H, W, C), each on its own, crisp at any size.

    columns: how many in a row; 0: as many as there is room for, each as wide as narrowest, in rem,
    or wider.
    alt: what a screen reader says.
    """
    height, width = images.shape[1:3]
    style = (
        f"width:100%;aspect-ratio:{width}/{height};image-rendering:pixelated;display:block;"
        "border-radius:6px;background:#000"
    )
    pictures = "".join(
        f'<img alt="" style="{style}" src="{as_data_url(to_png(image))}">' for image in images
    )
    least = "0" if columns else f"min(100%,{narrowest}rem)"
    tracks = f"repeat({columns or 'auto-fit'},minmax({least},1fr))"
    st.html(
        f'<div role="img" aria-label="{html.escape(alt)}" '
        f'style="display:grid;gap:6px;grid-template-columns:{tracks}">{pictures}</div>'
    )
