"""A map of a plane in latent space: it decodes under the pointer, in the browser.

The server sends an atlas of decoded images once a plane; the browser blends the four nearest ones.
A click, a dot under the pointer, a selection and a zoomed view are each sent to the server.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pages._components.mounting import mounted
from vae.figures.class_looks import MARKS_SCRIPT, MARKS_STYLE
from vae.figures.svg import SVG_SCRIPT

__all__ = ["as_base64", "feed", "latent_map"]

# One module in parts: a component's script cannot import another.
_PARTS = (
    str(SVG_SCRIPT),
    str(MARKS_SCRIPT),
    "view.js",
    "preview.js",
    "paint.js",
    "pointer.js",
    "link.js",
    "cloud.js",
    "map.js",
)


_STYLES = ("../pill.css", "map.css", str(MARKS_STYLE))

_mount = mounted(__file__, "latent_map", *_PARTS, html="map.html", css=_STYLES)
_mount_feed = mounted(__file__, "latent_map_feed", "feed.js")


def _nothing() -> None:
    """The selection is read where the map is shown."""


def feed(name: str, content: Mapping[str, Any], feed_id: str, png: bytes = b"") -> None:
    """Store large data in the browser, where maps find them by their id.

    png: a picture, which goes as it is: a megabyte of it would be a third larger as text.
    """
    header = json.dumps({"id": feed_id, **content}).encode()
    data = len(header).to_bytes(4, "little") + header + png
    _mount_feed(key=f"feed-{name}", data=data)


def latent_map(
    data: dict[str, Any],
    *,
    key: str,
    on_select: Callable[[], None] = _nothing,
    on_hover: Callable[[], None] = _nothing,
    on_view: Callable[[], None] = _nothing,
) -> Any:
    """Show the map; its state holds the selection, and the layers and classes that are shown.

    data: see `pages._shared.maps.map_data.map_frame`; feeds: ids of its large data by name. Marked
    are: answer (the dot under the pointer), pinned, posterior, neighbours, path.
    layers, hidden, pin, selected, view: taken over whenever visit changes; in between the user's
    choice holds.
    With isCloud no plane is behind the dots (see cloud.js). on_select: called when one is selected.
    on_hover: called when the pointer rests on a dot, with its index in the state's `hover`.
    on_view: called when the map was zoomed or moved, with the extent in the state's `view`; unless
    sendsView is set, only when its decoded images are too coarse for it (isCoarse).
    """
    return _mount(
        key=key,
        data=data,
        default={"selection": None, "shown": None},
        on_selection_change=on_select,
        on_shown_change=_nothing,
        on_hover_change=on_hover,
        on_view_change=on_view,
    )


def as_base64(array: np.ndarray) -> str:
    """Return an array's bytes as text."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
