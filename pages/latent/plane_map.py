"""A map on a page: bulky data is sent once, and found again by its id."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._components.latent_map import feed, latent_map
from pages.latent.map_data import (
    Places,
    atlas_feed,
    layers_feed,
    map_frame,
    points_feed,
)
from vae.latent.planes import Extent
from vae.runs.run import Run

__all__ = ["board", "covariance_on", "posterior_on"]


# They take a second: they are made when one of them is looked at.
DEEP_LAYERS = {"density", "regions", "holes"}


def board(
    run: Run,
    places: Places,
    *,
    key: str,
    atlas_extent: Extent | None = None,
    small: bool = False,
    layers: tuple[str, ...] = ("dots", "prior"),
    link: str = "",
    same_images: bool = False,
    answers: dict[str, Any] | None = None,
    **handlers: Any,
) -> float:
    """Draw a run's map and return how far a preview is from the exact image, in grey levels.

    atlas_extent: the part that is decoded, without it all of it. small: without what there is to
    choose beside it. layers: those that are shown at first, of dots, images, prior, density,
    regions and holes. link: maps with the same one keep the same part in view, and if same_images
    the same test image in sight. answers and handlers: what `latent_map` takes.
    """
    extent = atlas_extent or places.extent
    # With another class a place stays where it is, and decodes to something else.
    told = "" if run.label is None else run.label
    ids = {
        "points": f"points-{places.id}",
        "atlas": f"atlas-{places.id}-{told}-{'_'.join(f'{edge:.6g}' for edge in extent)}",
    }
    is_deep = st.session_state.get(key, {}).get("deep") or DEEP_LAYERS.intersection(layers)
    if is_deep:
        ids["layers"] = f"layers-{places.id}"
    atlas = atlas_feed(run, places, f"{places.id}-{told}", extent)
    frame = map_frame(run, places) | {"feeds": ids, "small": small, "layers": layers}
    frame |= {"link": link, "sameImages": same_images}
    frame |= answers or {}
    with st.container(gap=None):  # the feeds take no room
        # What is looked at first goes first: points and images before what lies behind them.
        feed(f"{key}-points", points_feed(run, places), ids["points"])
        feed(f"{key}-atlas", atlas, ids["atlas"])
        latent_map(frame, key=key, **handlers)
        if is_deep:
            feed(f"{key}-layers", layers_feed(run, places, places.id), ids["layers"])
    return atlas["error"]


def posterior_on(places: Places, mean: np.ndarray, log_var: np.ndarray) -> dict[str, Any]:
    """Return the posterior of a code's mean and log_var (d,) as an ellipse for `latent_map`."""
    point = places.plane.coordinates(mean[None])[0]
    return {"mean": point.tolist(), "covariance": covariance_on(places, log_var)}


def covariance_on(places: Places, log_var: np.ndarray) -> list[list[float]]:
    """Return the covariance (2, 2) that a posterior with log_var (d,) has on the plane."""
    return places.plane.spread(log_var[None])[0].tolist()
