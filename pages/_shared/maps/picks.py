"""What is picked on a map: by the user, by another page, or by a link."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages._shared.address import set_parameter, take_parameter, takes_setting
from pages._shared.linked_code import code_text, read_code
from pages._shared.linked_images import images_text, read_images
from pages._shared.maps.map_data import PlanePoints
from pages._shared.maps.selection import SelectedImages, SelectedPoint, read_selection
from pages._shared.sheet import open_sheet
from vae.runs.run import Run

__all__ = ["FIRST", "NOTHING", "many_text", "picked", "read_many", "take_message"]

FIRST = {"kind": "image", "index": 0}
NOTHING = {"kind": "none"}
CODE = "code_"  # before a code that does not lie on the plane
MANY = "many_"  # before test images that were selected together


def picked(
    run: Run, on_plane: PlanePoints, *, key: str, where: str, name: str, first: dict[str, Any]
) -> SelectedPoint | SelectedImages | None:
    """Return what is picked on the map with this key, and have the address hold it as `name`.

    where: of the session, which holds what was picked last. first: what is picked at first.
    """
    state = st.session_state
    sent = take_message(key, "selection")
    if sent is not None:
        state[where] = sent
        open_sheet(key)
    if takes_setting(name):
        text = take_parameter(name)
        state[where] = first if text is None else _read(text, run, on_plane) or first
    pick = state.get(where, first)
    selection = read_selection(run, on_plane, pick)
    text = _text(run, pick, selection)
    if text and text != _text(run, first, read_selection(run, on_plane, first)):
        set_parameter(name, text)
    return selection


def take_message(key: str, name: str) -> Any:
    """Return what a component has sent under this name, once; None: nothing since then."""
    state = st.session_state
    component = state.get(key)
    sent = None if component is None else component.get(name)
    if sent is None or sent == state.get(f"{key}-{name}-read"):
        return None
    state[f"{key}-{name}-read"] = sent
    return sent


def many_text(run: Run, selection: SelectedImages) -> str:
    """Return what the address says of several test images; "" where that is too long for it."""
    text = images_text(selection.indices, len(run.latents["y"]))
    return f"{MANY}{text}" if text else ""


def read_many(run: Run, text: str) -> dict[str, Any] | None:
    """Return the pick of several test images that the address names, or None."""
    indices = read_images(text.removeprefix(MANY), len(run.latents["y"]))
    if indices is None or not text.startswith(MANY):
        return None
    return {"kind": "selection", "indices": indices.tolist()}


def _text(run: Run, pick: Any, selection: SelectedPoint | SelectedImages | None) -> str:
    """Return what the address says; "" of what is too long for it."""
    if isinstance(selection, SelectedImages):
        return many_text(run, selection)
    if selection is None:
        return NOTHING["kind"]
    if selection.kind == "image":
        return str(selection.indices[0])
    if pick["kind"] == "code":
        return f"{CODE}{code_text(selection.code)}"
    return "" if selection.point is None else code_text(selection.point)


def _read(text: str, run: Run, on_plane: PlanePoints) -> dict[str, Any] | None:
    """Return the pick that the address names, or None."""
    if text == NOTHING["kind"]:
        return NOTHING
    if text.isdecimal():
        return {"kind": "image", "index": int(text[:9])}
    if text.startswith(MANY):
        return read_many(run, text)
    if text.startswith(CODE):
        code = read_code(text.removeprefix(CODE), run.config.latent_dim)
        return None if code is None else {"kind": "code", "code": code.tolist()}
    if (point := read_code(text, 2)) is None:
        return None
    x, y = (float(f"{value:.6g}") for value in point)
    return {"kind": "place", "plane": on_plane.id, "x": x, "y": y}
