"""A map of a plane on a page: large data is sent once, and found again by its id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from pages._components.latent_map import feed, latent_map
from pages._shared.address import link_number
from pages._shared.maps.map_data import (
    PlanePoints,
    atlas_feed,
    layers_feed,
    map_frame,
    points_feed,
)
from vae.latent.planes import Extent
from vae.runs.run import Run

__all__ = ["covariance_on", "plane_map", "posterior_on"]


# They take a second: they are computed when one of them is shown.
SLOW_LAYERS = {"density", "regions", "holes"}


def plane_map(
    run: Run,
    on_plane: PlanePoints,
    *,
    key: str,
    atlas_extent: Extent | None = None,
    view: Extent | None = None,
    sends_view: bool = False,
    small: bool = False,
    layers: Sequence[str] = ("dots", "prior"),
    hidden: Sequence[int] = (),
    link: str = "",
    same_images: bool = False,
    answers: dict[str, Any] | None = None,
    **handlers: Any,
) -> float:
    """Show a run's map and return how far a preview is from the exact image, in grey levels.

    atlas_extent: the part that is decoded, without it all of it. view: the part that a
    link shows; sends_view: whether `on_view` is called for each other one. small: without the
    controls beside it. layers: those that are shown, of dots, images, prior, density, regions and
    holes. hidden: classes. link: maps with the same one show the same part, and if same_images mark
    the same test image. answers and handlers: what `latent_map` takes.
    """
    extent = atlas_extent or on_plane.extent
    # Another class decodes the same places to other images.
    label = "" if run.label is None else run.label
    ids = {
        "points": f"points-{on_plane.id}",
        "atlas": f"atlas-{on_plane.id}-{label}-{'_'.join(f'{edge:.6g}' for edge in extent)}",
    }
    if SLOW_LAYERS.intersection(layers):  # from then on the browser has them
        st.session_state[f"{key}-slow"] = True
    has_slow_layers = f"{key}-slow" in st.session_state
    if has_slow_layers:
        ids["layers"] = f"layers-{on_plane.id}"
    frame = map_frame(run, on_plane) | {"feeds": ids, "small": small, "layers": list(layers)}
    frame |= {"hidden": list(hidden), "visit": link_number(), "sendsView": sends_view}
    frame |= {"view": None if view is None else view._asdict()}
    frame |= {"link": link, "sameImages": same_images}
    frame |= answers or {}
    with st.container(gap=None):  # the feeds take no room
        # In the order of the legend: images come under the pointer alone, at first.
        feed(f"{key}-points", points_feed(run, on_plane), ids["points"])
        latent_map(frame, key=key, **handlers)
        if has_slow_layers:
            feed(f"{key}-layers", layers_feed(run, on_plane, on_plane.id), ids["layers"])
        atlas, png = atlas_feed(run, on_plane, f"{on_plane.id}-{label}", extent)
        feed(f"{key}-atlas", atlas, ids["atlas"], png)
    return atlas["error"]


def posterior_on(on_plane: PlanePoints, mean: np.ndarray, log_var: np.ndarray) -> dict[str, Any]:
    """Return the posterior of a code's mean and log_var (d,) as an ellipse for `latent_map`."""
    point = on_plane.plane.coordinates(mean[None])[0]
    return {"mean": point.tolist(), "covariance": covariance_on(on_plane, log_var)}


def covariance_on(on_plane: PlanePoints, log_var: np.ndarray) -> list[list[float]]:
    """Return the covariance (2, 2) that a posterior with log_var (d,) has on the plane."""
    return on_plane.plane.spread(log_var[None])[0].tolist()
