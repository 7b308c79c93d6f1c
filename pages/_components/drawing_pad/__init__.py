"""A pad to draw on with mouse, finger or pen, onto which a picture can be dropped or pasted.

The drawing is sent when the pen is lifted, as a PNG of white strokes on black, or of the picture.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from pages._components.mounting import mounted

__all__ = ["SIDE", "drawing_pad", "png_of"]

SIDE = 280  # pixels of a drawing, as in pad.js
HEAD = "data:image/png;base64,"
MAX_CHARACTERS = 400_000  # of a drawing: 280 x 280 pixels of noise, in colour, take 320,000

_mount = mounted(__file__, "drawing_pad", "pad.js", html="pad.html", css=("../pill.css", "pad.css"))


def drawing_pad(drawing: str, *, key: str) -> str:
    """Show the pad and return the drawing on it; see `png_of`.

    drawing: what a new pad shows at first. Empty: nothing.
    """
    # None: this pad was not drawn on. An empty one: it was cleared.
    found = _mount(
        key=key,
        data={"drawing": drawing},
        default={"drawing": None},
        on_drawing_change=lambda: None,
    ).drawing
    return drawing if found is None else str(found)


def png_of(drawing: Any) -> bytes | None:
    """Return the PNG of a drawing, or None while nothing is drawn or it is no PNG."""
    if not isinstance(drawing, str) or not drawing.startswith(HEAD):
        return None
    if len(drawing) > MAX_CHARACTERS:
        return None
    try:
        return base64.b64decode(drawing[len(HEAD) :], validate=True)
    except binascii.Error:
        return None
