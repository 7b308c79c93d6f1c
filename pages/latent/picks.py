"""What is picked on a map: by the user, by another page, or by a link."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages._shared.address import set_parameter, take_parameter, takes_setting
from pages._shared.linked_code import code_text, read_code
from pages.latent.map_data import PlanePoints
from pages.latent.selection import SelectedImages, SelectedPoint, read_selection
from vae.runs.run import Run

__all__ = ["FIRST", "NOTHING", "picked", "take_news"]

FIRST = {"kind": "image", "index": 0}
NOTHING = {"kind": "none"}
CODE = "code_"  # before a code that does not lie on the plane


def picked(
    run: Run, on_plane: PlanePoints, *, key: str, where: str, name: str, first: dict[str, Any]
) -> SelectedPoint | SelectedImages | None:
    """Return what is picked on the map with this key, and have the address hold it as `name`.

    where: of the session, which holds what was picked last. first: what is picked at first.
    """
    state = st.session_state
    sent = take_news(key, "selection")
    if sent is not None:
        state[where] = sent
    if takes_setting(name):
        text = take_parameter(name)
        state[where] = first if text is None else _read(text, run, on_plane) or first
    pick = state.get(where, first)
    selection = read_selection(run, on_plane, pick)
    text = _text(pick, selection)
    if text and text != _text(first, read_selection(run, on_plane, first)):
        set_parameter(name, text)
    return selection


def take_news(key: str, name: str) -> Any:
    """Return what a component has sent under this name, once; None: nothing since then."""
    state = st.session_state
    component = state.get(key)
    sent = None if component is None else component.get(name)
    if sent is None or sent == state.get(f"{key}-{name}-read"):
        return None
    state[f"{key}-{name}-read"] = sent
    return sent


def _text(pick: Any, selection: SelectedPoint | SelectedImages | None) -> str:
    """Return what the address says; "" of many images, which are too long for it."""
    if isinstance(selection, SelectedImages):
        return ""
    if selection is None:
        return NOTHING["kind"]
    if selection.kind == "image":
        return str(selection.indices[0])
    if pick["kind"] == "code":
        text = code_text(selection.code)
        return f"{CODE}{text}" if text else ""
    return "" if selection.point is None else code_text(selection.point)


def _read(text: str, run: Run, on_plane: PlanePoints) -> dict[str, Any] | None:
    """Return the pick that the address names, or None."""
    if text == NOTHING["kind"]:
        return NOTHING
    if text.isdecimal():
        return {"kind": "image", "index": int(text[:9])}
    if text.startswith(CODE):
        code = read_code(text.removeprefix(CODE), run.config.latent_dim)
        return None if code is None else {"kind": "code", "code": code.tolist()}
    if (point := read_code(text, 2)) is None:
        return None
    x, y = (float(f"{value:.6g}") for value in point)
    return {"kind": "place", "plane": on_plane.id, "x": x, "y": y}
