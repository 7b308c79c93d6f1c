"""The selection on a map, a place, a test image or several, and the images that explain it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from pages._shared.available_images import available_test_images, reconstructions
from pages._shared.condition import as_class
from pages._shared.maps.map_data import PlanePoints, posteriors_at
from pages._shared.maps.selected_image import show_image
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages._shared.stable_position import stable_position
from vae.architecture import MAX_CODE
from vae.images import to_uint8
from vae.latent.density import (
    HOLE_RATIO,
    hole_mask,
    log_density_ratio,
)
from vae.latent.neighbours import nearest_images
from vae.runs.run import Run

__all__ = ["SelectedImages", "SelectedPoint", "read_selection", "show_selection"]

NEIGHBOURS = 10
PICTURE_PIXELS = 150  # on the screen
MAX_NATS = 9.0  # of a ratio of densities that is written out
HOW_BY_MOUSE = (
    "**Move over the map.** The image beside the pointer is what the decoder makes of that "
    "place.\n\n"
    "**Click** a place or a dot to pin it and see its nearest test images.\n\n"
    "**Box** and **Lasso** select several test images: you see their mean.\n\n"
    "**Holes** are places that are likely under the prior but far from the codes of all test "
    "images. Click one."
)
HOW_BY_FINGER = (
    "**Tap the map.** You see what the decoder makes of that place, or the test image of that dot, "
    "with its nearest ones.\n\n"
    "**Two fingers** zoom and move the map; one scrolls the page until you choose **Move**.\n\n"
    "**Box** and **Lasso** select several test images: you see their mean.\n\n"
    "**Holes** are places that are likely under the prior but far from the codes of all test "
    "images. Tap one."
)


class SelectedImages(NamedTuple):
    """Many test images, by their indices."""

    indices: np.ndarray


class SelectedPoint(NamedTuple):
    """A place or a test image: its code (d,), the indices and distances of its nearest images.

    kind: place or image. indices: of the image, none of a place. point: where it lies on the map
    (2,), if there is one.
    """

    kind: str
    indices: np.ndarray
    code: np.ndarray
    neighbours: np.ndarray
    distances: np.ndarray
    point: np.ndarray | None = None


def read_selection(
    run: Run, on_plane: PlanePoints, sent: Any
) -> SelectedPoint | SelectedImages | None:
    """Return the selection that the browser sent, or None for what this run does not have.

    A place belongs to its plane; images stay selected on every plane.
    """
    mean = run.latents["mean"]
    try:
        kind = sent["kind"]
        if kind == "code":
            return _selected_code(run, on_plane, np.asarray(sent["code"], np.float32))
        if kind == "selection":
            indices = np.unique(np.asarray(sent["indices"], dtype=int))
            indices = indices[(indices >= 0) & (indices < len(mean))]
            return SelectedImages(indices) if len(indices) else None
        if kind == "image":
            index = range(len(mean))[int(sent["index"])]
            indices, code, point = np.array([index]), mean[index], on_plane.points[index]
        elif kind == "place" and sent["plane"] == on_plane.id:
            indices, point = np.empty(0, int), np.array([float(sent["x"]), float(sent["y"])])
            code = on_plane.plane.codes(point[None])[0]
        else:
            return None
    except (TypeError, KeyError, ValueError, IndexError, OverflowError):
        return None
    return _with_neighbours(run, kind, indices, code, point)


def _selected_code(run: Run, on_plane: PlanePoints, code: np.ndarray) -> SelectedPoint | None:
    """Return a code (d,) as the selection, at its projection on the plane."""
    if code.shape != (run.config.latent_dim,):
        return None
    point = on_plane.plane.coordinates(code[None])[0]
    return _with_neighbours(run, "place", np.empty(0, int), code, point)


def _with_neighbours(
    run: Run, kind: str, indices: np.ndarray, code: np.ndarray, point: np.ndarray
) -> SelectedPoint | None:
    if not (np.abs(code) <= MAX_CODE).all():
        return None
    neighbours, distances = nearest_images(run, code, NEIGHBOURS + len(indices))
    others = neighbours != indices[0] if len(indices) else slice(None)  # itself is none
    return SelectedPoint(kind, indices, code, neighbours[others], distances[others], point)


def show_selection(
    run: Run, on_plane: PlanePoints | None, selection: SelectedPoint | SelectedImages | None
) -> None:
    """Show the selection, or how to make one; on_plane: None where places cannot be selected."""
    if selection is None:
        # `latent_style` shows the one that fits the pointer.
        with st.container(key="for-a-mouse"):
            st.markdown(HOW_BY_MOUSE)
        with st.container(key="for-fingers"):
            st.markdown(HOW_BY_FINGER)
    elif isinstance(selection, SelectedImages):
        _show_images(run, selection)
    else:
        with stable_position():
            if selection.kind == "image":
                show_image(run, int(selection.indices[0]))
            elif on_plane is not None:
                _show_point(run, on_plane, selection)
        if len(selection.neighbours):
            _show_neighbours(run, selection)


def _show_point(run: Run, on_plane: PlanePoints, selection: SelectedPoint) -> None:
    row = st.container(horizontal=True)
    with row.container(width=PICTURE_PIXELS):
        show_grid(to_uint8(run.decode(selection.code[None])), 1, 1, alt="The image decoded here")
    words = row.container(width="stretch")
    log_ratio = log_density_ratio(selection.code[None], posteriors_at(run))
    words.markdown(f"**The image decoded here{as_class(run)}**")
    words.caption(
        f"{np.linalg.norm(selection.code):.2f} from the prior's mean. The test images' posteriors "
        f"together have {_times(float(log_ratio[0]))} the density that the prior has here."
    )
    if (
        selection.point is not None
        and hole_mask(on_plane.plane, selection.point[None], log_ratio)[0]
    ):
        st.info(
            "A hole: this place is likely under the prior, but hardly any posterior reaches it "
            f"(less than {HOLE_RATIO:.0%} of the prior's density). The decoder was never trained "
            "here.",
            icon=":material/trip_origin:",
        )


def _times(log_ratio: float) -> str:
    if abs(log_ratio) > MAX_NATS:
        return f"less than {np.exp(-MAX_NATS):.1g} times" if log_ratio < 0 else "far more than"
    return f"{np.exp(log_ratio):.2g} times"


def _show_neighbours(run: Run, selection: SelectedPoint) -> None:
    st.markdown(f"**{len(selection.neighbours)} nearest test images**")
    images, what = available_test_images(run), "The images"
    if images is None:
        images, what = reconstructions(run, selection.neighbours), "Reconstructions"
    else:
        images = images[selection.neighbours]
    columns = min(5, len(images))
    rows = len(images) // columns
    show_grid(images[: rows * columns], rows, columns, alt="Nearest test images")
    st.caption(
        f"{what}, the nearest first: {selection.distances[0]:.2f} to "
        f"{selection.distances[-1]:.2f} away in latent space, measured to their posterior means."
    )


def _show_images(run: Run, selection: SelectedImages) -> None:
    latents, indices = run.latents, selection.indices
    st.markdown(f"**{len(indices):,} test images selected**")
    centre = latents["mean"][indices].mean(axis=0, keepdims=True)
    decoded = to_uint8(run.decode(centre))
    images = available_test_images(run)
    if images is None:
        shown, text = decoded, f"Decoded{as_class(run)} from the mean of their codes."
    else:
        average = np.rint(images[indices].mean(axis=0)).astype(np.uint8)
        shown = np.stack([average, decoded[0]])
        text = (
            f"The mean of the images, and the image decoded{as_class(run)} from the mean of their "
            "codes."
        )
    with st.container(width=PICTURE_PIXELS * len(shown)):
        show_grid(shown, 1, len(shown), alt=text)
    st.caption(text)
    counts = np.bincount(latents["y"][indices], minlength=len(run.class_names))
    words = [
        f"{plain(run.short_class_names[label])}: {counts[label]:,}"
        for label in np.argsort(-counts)
        if counts[label]
    ]
    st.caption("Classes: " + ", ".join(words) + ".")
