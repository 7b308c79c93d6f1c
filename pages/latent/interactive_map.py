"""A map with a server behind it: images of a dot, exact decodings, an atlas of a zoomed part."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from pages._shared.available_images import image_and_reconstruction
from pages.latent.map_data import PlanePoints
from pages.latent.picks import NOTHING, picked
from pages.latent.plane_map import covariance_on, plane_map
from pages.latent.selection import SelectedImages, SelectedPoint
from vae.images import to_png, to_uint8
from vae.latent.planes import Extent
from vae.runs.run import Run

__all__ = ["interactive_map"]

CLOSEST = 100  # times closer than the whole map
FARTHEST = 3


def interactive_map(
    run: Run,
    on_plane: PlanePoints,
    *,
    key: str,
    where: str,
    name: str = "picked",
    first: dict[str, Any] = NOTHING,
    hover_key: str = "",
    **options: Any,
) -> tuple[SelectedPoint | SelectedImages | None, float]:
    """Show a map inside a fragment, which reruns for each request of the browser.

    Returns the selection, and how far a preview is from the exact image, in grey levels.
    where, name, first: what `picked` takes. hover_key: on maps with the same one a dot under the
    pointer is answered together. options: what else `plane_map` takes.
    """
    hover_key = hover_key or f"{key}-hover"
    selection = picked(run, on_plane, key=key, where=where, name=name, first=first)
    error = plane_map(
        run,
        on_plane,
        key=key,
        atlas_extent=_atlas_extent(key, on_plane),
        answers=_answers(run, on_plane, st.session_state.get(hover_key), selection),
        on_hover=lambda: _store_event(key, "hover", hover_key),
        on_view=lambda: _store_event(key, "view", f"{key}-view"),
        **options,
    )
    return selection, error


def _store_event(key: str, name: str, where: str) -> None:
    """Store what the browser asked for: a trigger's value lasts one script run only."""
    state = st.session_state.get(key)
    if state is not None:  # None: sent before the browser replaced this map by another
        st.session_state[where] = state[name]


def _atlas_extent(key: str, on_plane: PlanePoints) -> Extent:
    """Return the part of the plane whose atlas is shown: all of it, until the user zooms in."""
    requested: Any = st.session_state.get(f"{key}-view")
    try:
        extent = Extent(*(float(requested[name]) for name in Extent._fields))
        of_this_plane = requested["plane"] == on_plane.id
    except (TypeError, KeyError, ValueError):
        return on_plane.extent
    whole, size = (each.right - each.left for each in (on_plane.extent, extent))
    fits = np.isfinite(extent).all() and whole / CLOSEST <= size <= FARTHEST * whole
    return extent if of_this_plane and fits and extent.top > extent.bottom else on_plane.extent


def _answers(
    run: Run, on_plane: PlanePoints, index: Any, selection: SelectedPoint | SelectedImages | None
) -> dict[str, Any]:
    """Return what the browser asked for: a dot's pictures and posterior, the pinned image."""
    found: dict[str, Any] = {}
    latents = run.latents
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


def _pictures(images: np.ndarray, text: str) -> dict[str, str]:
    """Return images (N, H, W, C), side by side, as a picture in the box beside the pointer."""
    return {"png": as_data_url(to_png(np.concatenate(images, axis=1))), "text": text}
