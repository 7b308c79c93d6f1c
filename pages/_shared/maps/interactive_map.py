"""A map with a server behind it: images of a dot, exact decodings, an atlas of a zoomed part."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._components.latent_map import as_base64
from pages._shared.available_images import image_and_reconstruction
from pages._shared.maps.map_data import PlanePoints
from pages._shared.maps.map_zoom import atlas_of, linked_view, read_view, view_of
from pages._shared.maps.picks import NOTHING, picked
from pages._shared.maps.plane_map import covariance_on, plane_map
from pages._shared.maps.selection import SelectedImages, SelectedPoint
from vae.images import to_png, to_uint8
from vae.runs.run import Run

__all__ = ["interactive_map"]


def interactive_map(
    run: Run,
    on_plane: PlanePoints,
    *,
    key: str,
    where: str,
    name: str = "picked",
    first: dict[str, Any] = NOTHING,
    hover_key: str = "",
    zoom: str = "",
    **options: Any,
) -> tuple[SelectedPoint | SelectedImages | None, float]:
    """Show a map inside a fragment, which reruns for each request of the browser.

    Returns the selection, and how far a preview is from the exact image, in grey levels.
    where, name, first: what `picked` takes. hover_key: on maps with the same one a dot under the
    pointer is answered together. zoom: under which name the address holds the part that is shown.
    options: what else `plane_map` takes.
    """
    hover_key = hover_key or f"{key}-hover"
    selection = picked(run, on_plane, key=key, where=where, name=name, first=first)
    view = linked_view(zoom, key, on_plane) if zoom else None
    error = plane_map(
        run,
        on_plane,
        key=key,
        atlas_extent=read_view(st.session_state.get(atlas_of(key)), on_plane),
        view=view,
        sends_view=bool(zoom),
        answers=_answers(run, on_plane, st.session_state.get(hover_key), selection),
        on_hover=lambda: _store_event(key, "hover", hover_key),
        on_view=lambda: _store_view(key),
        **options,
    )
    return selection, error


def _store_event(key: str, name: str, where: str) -> None:
    """Store what the browser asked for: a trigger's value lasts one script run only."""
    state = st.session_state.get(key)
    if state is not None:  # None: sent before the browser replaced this map by another
        st.session_state[where] = state[name]


def _store_view(key: str) -> None:
    """Store the part of the plane that is shown, and as the atlas's where that is too coarse."""
    state = st.session_state.get(key)
    sent = None if state is None else state["view"]
    st.session_state[view_of(key)] = sent
    if isinstance(sent, dict) and sent.get("isCoarse"):
        st.session_state[atlas_of(key)] = sent


def _answers(
    run: Run, on_plane: PlanePoints, index: Any, selection: SelectedPoint | SelectedImages | None
) -> dict[str, Any]:
    """Return what the browser asked for: a dot's pictures and posterior, the pinned image."""
    found: dict[str, Any] = {}
    latents = run.latents
    if isinstance(selection, SelectedImages):
        found["selected"] = _bits(selection.indices, len(latents["y"]))
    if isinstance(index, int) and 0 <= index < len(latents["y"]):
        found["answer"] = {
            "index": index,
            **_pictures(
                image_and_reconstruction(run, index), f"test image {index} and its reconstruction"
            ),
            "covariance": covariance_on(on_plane, latents["log_var"][index]),
        }
    if not isinstance(selection, SelectedPoint) or selection.point is None:
        return found
    found |= {"pin": selection.point.tolist(), "neighbours": selection.neighbours.tolist()}
    if selection.kind == "image":
        index = selection.indices[0]
        text = f"test image {index} and its reconstruction"
        found["pinned"] = _pictures(image_and_reconstruction(run, index), text)
        covariance = covariance_on(on_plane, latents["log_var"][index])
        found["posterior"] = {"mean": selection.point.tolist(), "covariance": covariance}
    else:
        found["pinned"] = _pictures(to_uint8(run.decode(selection.code[None])), "decoded exactly")
    return found


def _bits(indices: np.ndarray, count: int) -> str:
    """Return which of so many images are selected, a bit each, in base64."""
    chosen = np.zeros(count, bool)
    chosen[indices] = True
    return as_base64(np.packbits(chosen))


def _pictures(images: np.ndarray, text: str) -> dict[str, str]:
    """Return images (N, H, W, C), side by side, as a picture in the box beside the pointer."""
    return {"png": as_data_url(to_png(np.concatenate(images, axis=1))), "text": text}
