"""A map that answers: a dot's pictures, an exact decoding, a closer look at a part of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._components.run_key import run_key
from pages._shared.available_images import pair_of
from pages._shared.sent_code import code_on_map
from pages.latent.plane_map import board, covariance_on
from pages.latent.map_data import Places
from pages.latent.selection import Pick, Selection, pick_code, read_pick
from vae.images import to_png, to_uint8
from vae.latent.planes import Extent
from vae.runs.run import Run

__all__ = ["live_board"]

CLOSEST = 100  # times closer than the whole map
FARTHEST = 3


def live_board(
    run: Run, places: Places, *, key: str, look_key: str = "", **looks: Any
) -> tuple[Pick | Selection | None, float]:
    """Draw a map inside a fragment, which runs again with each thing that the browser asks for.

    Returns what is picked, and how far a preview is from the exact image, in grey levels.
    look_key: maps with the same one are answered together when a dot is looked at on one. looks:
    what else `board` takes.
    """
    look_key = look_key or f"{key}-look"
    picked = st.session_state.get(key, {}).get("pick")
    sent = code_on_map(run, picked) if key == f"map-{run_key(run)}" else None
    pick = read_pick(run, places, picked) if sent is None else pick_code(run, places, sent)
    error = board(
        run,
        places,
        key=key,
        atlas_extent=_looked_at(key, places),
        answers=_answers(run, places, st.session_state.get(look_key), pick),
        on_look=lambda: _remember(key, "look", look_key),
        on_view=lambda: _remember(key, "view", f"{key}-view"),
        **looks,
    )
    return pick, error


def _remember(key: str, name: str, where: str) -> None:
    """Keep what the browser asked for: a trigger is gone after one run."""
    board = st.session_state.get(key)
    if board is not None:  # else it was sent before the browser heard that another board is there
        st.session_state[where] = board[name]


def _looked_at(key: str, places: Places) -> Extent:
    """Return the part of the plane whose atlas is wanted: all of it, until somebody zooms in."""
    wanted: Any = st.session_state.get(f"{key}-view")
    try:
        extent = Extent(*(float(wanted[name]) for name in Extent._fields))
        of_this_plane = wanted["plane"] == places.id
    except (TypeError, KeyError, ValueError):
        return places.extent
    whole, size = (each.right - each.left for each in (places.extent, extent))
    fits = np.isfinite(extent).all() and whole / CLOSEST <= size <= FARTHEST * whole
    return extent if of_this_plane and fits and extent.top > extent.bottom else places.extent


def _answers(run: Run, places: Places, index: Any, pick: Pick | Selection | None) -> dict[str, Any]:
    """Return what the browser asked for: a dot's pictures and posterior, the pinned image."""
    found: dict[str, Any] = {}
    latents = run.latents
    if isinstance(index, int) and 0 <= index < len(latents["y"]):
        found["answer"] = {
            "index": index,
            **_pictures(pair_of(run, index), f"test image {index} and its reconstruction"),
            "covariance": covariance_on(places, latents["log_var"][index]),
        }
    if not isinstance(pick, Pick) or pick.point is None:
        return found
    found |= {"pin": pick.point.tolist(), "neighbours": pick.neighbours.tolist()}
    if pick.kind == "image":
        index = pick.indices[0]
        text = f"test image {index} and its reconstruction"
        found["pinned"] = _pictures(pair_of(run, index), text)
        covariance = covariance_on(places, latents["log_var"][index])
        found["posterior"] = {"mean": pick.point.tolist(), "covariance": covariance}
    else:
        found["pinned"] = _pictures(to_uint8(run.decode(pick.code[None])), "decoded exactly")
    return found


def _pictures(images: np.ndarray, text: str) -> dict[str, str]:
    """Return images (N, H, W, C), side by side, as a picture in the box beside the pointer."""
    return {"png": as_data_url(to_png(np.concatenate(images, axis=1))), "text": text}
