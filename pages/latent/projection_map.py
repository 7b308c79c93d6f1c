"""A projection on a page: dots of test images, the reconstruction of the one under the pointer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from pages._components.latent_map import as_base64, feed, latent_map
from pages._components.plot_hover import plot_hover
from pages._shared.address import link_number
from pages._shared.maps.selection import SelectedImages, SelectedPoint
from pages._shared.model_fingerprint import model_fingerprint
from pages.latent.rotation import linked_camera, store_camera
from vae.figures.class_looks import class_looks
from vae.figures.clouds import CAMERA, cloud3d
from vae.images import tile, to_png, to_uint8
from vae.latent.atlas import MAX_PIXELS
from vae.latent.planes import Extent
from vae.latent.projections import Projection
from vae.runs.run import Run

__all__ = ["projection_map", "projection_space", "tile_shrink"]

CLOSE = 0.6  # of a dot's size on a plane: dots in space cover each other
AT_ONCE = 500  # codes that are decoded at a time: decoded images are floats


def projection_map(
    run: Run,
    projection: Projection,
    selection: SelectedPoint | SelectedImages,
    hidden: Sequence[int],
    *,
    key: str,
    size: float,
    opacity: float,
    on_select: Callable[[], None],
) -> None:
    """Show a projection (N, 2) of a run's first N test images, and the selection among them.

    size: a dot's diameter in pixels. opacity: from 0 to 1. Hovering needs no answer of the server:
    the reconstructions of all dots are in the browser, as tiles of one picture.
    """
    count, points = len(projection.points), projection.points.astype(np.float32)
    plane = hashlib.sha256(model_fingerprint(run).encode() + points.tobytes()).hexdigest()[:16]
    ids = {"points": f"points-{plane}", "tiles": _tiles_id(run, count)}
    frame: dict[str, Any] = {
        "isCloud": True,
        "plane": plane,
        "extent": Extent.square_around(points.min(axis=0), points.max(axis=0))._asdict(),
        "names": list(projection.axes),
        "short": [name.split(" (")[0] for name in projection.axes],
        "isLine": False,
        "layers": ["dots"],
        "hidden": list(hidden),
        "visit": link_number(),
        **class_looks(run.short_class_names),
        "dot": size / 2,
        "opacity": opacity,
        "feeds": ids,
        "pin": None,
        "neighbours": [],
        "selected": [],
    }
    if isinstance(selection, SelectedImages):
        frame["selected"] = selection.indices.tolist()
    else:
        frame["pin"] = points[selection.indices[0]].tolist()
        frame["neighbours"] = selection.neighbours.tolist()
    with st.container(gap=None):  # the feeds take no room
        labels = as_base64(projection.y.astype(np.uint8))
        feed(f"{key}-points", {"xy": as_base64(points), "labels": labels}, ids["points"])
        latent_map(frame, key=key, on_select=on_select)
        _feed_tiles(run, count, key)


def projection_space(
    run: Run,
    projection: Projection,
    *,
    key: str,
    size: float,
    opacity: float,
    on_select: Callable[[], None],
) -> None:
    """Show a projection (N, 3) of a run's first N test images as a Plotly chart.

    The selection is not marked: the chart would be built again, and lose its rotation.
    """
    count = len(projection.points)
    camera = linked_camera("camera", key, size, opacity, model_fingerprint(run)) or CAMERA

    def on_rotate() -> None:
        if (event := st.session_state.get(key)) is not None:  # else it has gone meanwhile
            store_camera(key, event["camera"])

    with st.container(gap=None):
        figure = cloud3d(
            projection,
            run.class_names,
            size=CLOSE * size,
            opacity=opacity,
            camera=camera,
            is_dark=st.context.theme.type == "dark",
        )
        with st.container(key="in-space"):
            st.plotly_chart(figure, key=f"{key}-chart", height="stretch")
        plot_hover(
            f"{key}-chart",
            _tiles_id(run, count),
            key=key,
            on_select=on_select,
            on_flat=lambda: st.session_state.update(projection_count=2),
            on_rotate=on_rotate,
        )
        _feed_tiles(run, count, key)


def tile_shrink(run: Run, count: int) -> int:
    """Return by how much tiles are smaller than images, so that so many fit into one picture."""
    side = max(run.image_shape[:2]) * int(np.ceil(np.sqrt(count)))
    return max(1, -(-side // MAX_PIXELS))


def _feed_tiles(run: Run, count: int, key: str) -> None:
    metadata, png = _tiles(run, count, model_fingerprint(run))
    feed(f"{key}-tiles", metadata, _tiles_id(run, count), png)


def _tiles_id(run: Run, count: int) -> str:
    return f"tiles-{model_fingerprint(run)}-{count}"


@st.cache_data(show_spinner=False, max_entries=8, ttl=900)
def _tiles(_run: Run, count: int, model: str) -> tuple[dict[str, int], bytes]:
    """Return how the reconstructions of the first test images stand in a PNG, and this."""
    latents, shrink = _run.latents, tile_shrink(_run, count)
    parts = [slice(begin, min(begin + AT_ONCE, count)) for begin in range(0, count, AT_ONCE)]
    images = np.concatenate([
        _shrunk(_run.decode(latents["mean"][part], latents["y"][part]), shrink) for part in parts
    ])  # fmt: skip
    columns = int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    padding = np.zeros((rows * columns - count, *images.shape[1:]), np.uint8)
    png = to_png(tile(np.concatenate([images, padding]), rows, columns), quick=True)
    return {"columns": columns, "rows": rows}, png


def _shrunk(images: np.ndarray, shrink: int) -> np.ndarray:
    """Average images (N, H, W, C) over squares of so many pixels; what is left over goes."""
    if shrink == 1:
        return to_uint8(images)
    high, wide = (side // shrink for side in images.shape[1:3])
    cut = images[:, : high * shrink, : wide * shrink]
    squares = cut.reshape(len(images), high, shrink, wide, shrink, images.shape[3])
    return to_uint8(squares.mean(axis=(2, 4)))
