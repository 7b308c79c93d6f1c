"""Grids of images, crisp at any size."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae.sampling import tile, to_png

__all__ = ["show_grid"]

SHARP_PIXELS = 1000  # a picture at least this wide stays crisp in a browser that smooths


def show_grid(
    images: np.ndarray, rows: int, columns: int, alt: str, caption: str | None = None
) -> None:
    """Show images (rows * columns, H, W, C) as one picture as wide as its column."""
    grid = tile(images, rows, columns)
    scale = max(1, SHARP_PIXELS // grid.shape[1])
    st.image(to_png(grid, scale), caption=caption, width="stretch", alt=alt)
