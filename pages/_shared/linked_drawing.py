"""The drawing of the pad: one for all runs, and the address holds each of its pixels as a bit.

The pen leaves no greys, so that nothing is lost. A picture that was dropped onto the pad, and a
scribble that takes too many letters, stay where they are: a link does not bring them back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._components.drawing_pad import SIDE, drawing_pad, png_of
from pages._shared.address import (
    link_number,
    link_parameter,
    set_parameter,
    take_parameter,
    takes_setting,
)
from pages._shared.packed_bits import bits_text, read_bits
from vae.data.uploads import read_drawing
from vae.errors import RunError
from vae.images import to_png

__all__ = ["DRAWING", "drawing_text", "link_drawing", "linked_pad", "take_drawing"]

DRAWING = "drawing"  # in the session, as the pad sends it, and in the address
UNLINKED = "unlinked"  # the address of one that it cannot hold
MAX_TEXT = 1_500  # most drawings take 500 to 1,200; browsers and servers take addresses of 2,000


def linked_pad() -> None:
    """Show the drawing pad, and put what is drawn on it into the session and the address."""
    state = st.session_state
    if takes_setting(DRAWING):
        _take(take_parameter(DRAWING) or "")
    # A pad that a link, Back or Forward changes is a new one: the old one's drawing is in its key.
    key = f"drawing_pad-{link_number()}"
    state[DRAWING] = drawing_pad(state.get(DRAWING, ""), key=key)
    is_lost = link_parameter(DRAWING) == UNLINKED and not state[DRAWING]
    if link_drawing() == UNLINKED or is_lost:
        st.caption("A link does not bring this picture back: it is too large for an address.")


def take_drawing() -> None:
    """Take a link's drawing, where it has one: for views that show no pad."""
    if link_parameter(DRAWING) and takes_setting(DRAWING):
        _take(take_parameter(DRAWING) or "")


def link_drawing() -> str:
    """Put the drawing into the address, and return what stands there."""
    text = drawing_text(st.session_state.get(DRAWING))
    if text:
        set_parameter(DRAWING, text)
    return text


def drawing_text(drawing: Any) -> str:
    """Return what an address says of a drawing, as a pad sends it; "" while nothing is drawn."""
    png = png_of(drawing)
    return "" if png is None else _ink_text(png) or UNLINKED


def _take(text: str) -> None:
    if text == UNLINKED:
        return  # whatever there is
    pixels = read_bits(text, SIDE * SIDE, MAX_TEXT)
    found = "" if pixels is None else _as_url(pixels.reshape(SIDE, SIDE))
    st.session_state[DRAWING] = found


def _as_url(pixels: np.ndarray) -> str:
    return as_data_url(to_png(255 * pixels[:, :, None].astype(np.uint8)))


def _ink_text(png: bytes) -> str:
    """Return a PNG of white strokes on black for an address; "" for any other, or a longer one."""
    try:
        pixels = np.asarray(read_drawing(png).convert("RGB"))
    except RunError:  # the page says so
        return ""
    bits = pixels[:, :, 0] > 0
    is_ink = bits.shape == (SIDE, SIDE) and (pixels == 255 * bits[:, :, None]).all()
    return bits_text(bits, MAX_TEXT) if is_ink else ""
