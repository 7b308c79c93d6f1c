"""Grids of images, crisp at any size."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae.sampling import tile, to_png

__all__ = ["SHARP_PIXELS", "show_grid", "show_png"]

SHARP_PIXELS = 1000  # a picture at least this wide stays crisp in a browser that smooths


def show_grid(
    images: np.ndarray, rows: int, columns: int, alt: str, caption: str | None = None
) -> None:
    """Show images (rows * columns, H, W, C) as one picture as wide as its column."""
    grid = tile(images, rows, columns)
    scale = max(1, SHARP_PIXELS // grid.shape[1])
    show_png(to_png(grid, scale), alt, caption)


def show_png(png: bytes, alt: str, caption: str | None = None) -> None:
    """Show a PNG file as it is, as wide as its column."""
    # Without the format Streamlit would make a JPEG of it, with its noise around each stroke.
    st.image(png, caption=caption, width="stretch", alt=alt, output_format="PNG")
