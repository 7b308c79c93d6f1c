"""Which part of a plane a map shows: zoomed and moved in the browser, held by the address."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._shared.address import set_parameter, take_parameter, takes_setting
from pages._shared.maps.map_data import PlanePoints
from vae.latent.planes import Extent

__all__ = ["atlas_of", "linked_view", "read_view", "view_of"]

CLOSEST = 100  # times closer than the whole map
FARTHEST = 3
COARSE = 0.6  # of the whole: a closer view has an atlas of its own, in map.js too


def view_of(key: str) -> str:
    """Return where the session holds the part that the map with this key shows."""
    return f"{key}-view"


def atlas_of(key: str) -> str:
    """Return where the session holds the part of which that map has decoded images."""
    return f"{key}-atlas"


def linked_view(name: str, key: str, on_plane: PlanePoints) -> Extent | None:
    """Return the part that the map with this key shows, which the address holds as `name`.

    None: all of the plane.
    """
    state = st.session_state
    if takes_setting(name):
        sent = _read_text(take_parameter(name) or "", on_plane)
        state[view_of(key)] = sent
        whole = on_plane.extent.right - on_plane.extent.left
        is_close = sent is not None and sent["right"] - sent["left"] < COARSE * whole
        state[atlas_of(key)] = sent if is_close else None
    view = read_view(state.get(view_of(key)), on_plane)
    text = _text(view)
    if view is None or text == _text(on_plane.extent):
        return None
    set_parameter(name, text)
    # With as many digits as the address holds: its link shows the same.
    return read_view(_read_text(text, on_plane), on_plane)


def read_view(sent: Any, on_plane: PlanePoints) -> Extent | None:
    """Return the part that the browser or a link names; None for one that no map can show."""
    try:
        view = Extent(*(float(sent[name]) for name in Extent._fields))
        is_here = sent["plane"] == on_plane.id
    except (TypeError, KeyError, ValueError):
        return None
    whole, size = (each.right - each.left for each in (on_plane.extent, view))
    fits = np.isfinite(view).all() and whole / CLOSEST <= size <= FARTHEST * whole
    return view if is_here and fits and view.top > view.bottom else None


def _text(view: Extent | None) -> str:
    """Return the left edge, the upper edge and the width of a square."""
    if view is None:
        return ""
    return "_".join(f"{each:.6g}" for each in (view.left, view.top, view.right - view.left))


def _read_text(text: str, on_plane: PlanePoints) -> dict[str, Any] | None:
    try:
        left, top, size = map(float, text.split("_"))
    except ValueError:
        return None
    view = Extent(left, left + size, top - size, top)
    return {**view._asdict(), "plane": on_plane.id}
