"""Grids of images, crisp at any size."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae.images import tile, to_png, to_uint8

__all__ = ["SHARP_PIXELS", "apart", "show_grid", "show_png"]

SHARP_PIXELS = 1000  # a picture at least this wide stays crisp in a browser that smooths

MAX_CACHED = 400_000  # values of an array
SMALL = 16  # pixels: neighbours of images with fewer run into each other


def apart(images: np.ndarray) -> np.ndarray:
    """Return images (N, H, W, C) as they can stand side by side: small ones with a gap.

    It is transparent, a pixel wide, at the right and at the bottom, so that the page shows.
    """
    if images.shape[1] >= SMALL:
        return images
    pixels = images if images.dtype == np.uint8 else to_uint8(images)
    colors = np.broadcast_to(pixels, (*pixels.shape[:3], 3))
    opaque = np.full_like(colors[..., :1], 255)
    return np.pad(np.concatenate([colors, opaque], axis=3), ((0, 0), (0, 1), (0, 1), (0, 0)))


def show_grid(
    images: np.ndarray, rows: int, columns: int, alt: str, caption: str | None = None
) -> None:
    """Show images (rows * columns, H, W, C) as one picture as wide as its column."""
    grid = tile(images, rows, columns)
    scale = max(1, SHARP_PIXELS // grid.shape[1])
    # Of larger arrays Streamlit hashes a sample alone.
    encode = _cached_png if grid.size < MAX_CACHED else to_png
    show_png(encode(grid, scale), alt, caption)


@st.cache_data(show_spinner=False, max_entries=64)
def _cached_png(grid: np.ndarray, scale: int) -> bytes:
    """Encode a grid once for all visitors: it takes longer than to decode it."""
    return to_png(grid, scale)


def show_png(png: bytes, alt: str, caption: str | None = None) -> None:
    """Show a PNG file as it is, as wide as its column."""
    # Without the format Streamlit would make a JPEG of it, with its noise around each stroke.
    st.image(png, caption=caption, width="stretch", alt=alt, output_format="PNG")
