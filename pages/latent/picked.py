"""What is picked on a map: a place, a test image, or a selection, beside it in pictures."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from pages._shared.condition import as_class
from pages._shared.images_at_hand import images_at_hand, reconstructions
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages.latent.map_data import Places, posteriors_at
from pages.latent.picked_image import show_image
from vae.architecture import MAX_CODE
from vae.images import to_uint8
from vae.latent.density import (
    HOLE_RATIO,
    hole_mask,
    log_density_ratio,
)
from vae.latent.neighbours import nearest_images
from vae.runs.run import Run

__all__ = ["Pick", "Selection", "pick_code", "read_pick", "show_pick"]

NEIGHBOURS = 10
PICTURE_PIXELS = 150  # on the screen
MAX_NATS = 9.0  # of a ratio of densities that is written out


class Selection(NamedTuple):
    """Many test images, by their indices."""

    indices: np.ndarray


class Pick(NamedTuple):
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


def read_pick(run: Run, places: Places, picked: Any) -> Pick | Selection | None:
    """Return what the browser says is picked, or None for what this run does not have.

    A place is one of its plane; images stay picked on every plane.
    """
    mean = run.latents["mean"]
    try:
        kind, plane = picked["kind"], picked["plane"]
        if kind == "selection":
            indices = np.unique(np.asarray(picked["indices"], dtype=int))
            indices = indices[(indices >= 0) & (indices < len(mean))]
            return Selection(indices) if len(indices) else None
        if kind == "image":
            index = range(len(mean))[int(picked["index"])]
            indices, code, point = np.array([index]), mean[index], places.points[index]
        elif kind == "place" and plane == places.id:
            indices, point = np.empty(0, int), np.array([float(picked["x"]), float(picked["y"])])
            code = places.plane.codes(point[None])[0]
        else:
            return None
    except (TypeError, KeyError, ValueError, IndexError, OverflowError):
        return None
    return _with_neighbours(run, kind, indices, code, point)


def pick_code(run: Run, places: Places, code: np.ndarray) -> Pick | None:
    """Return a code (d,) as what is picked, wherever its plane passes."""
    point = places.plane.coordinates(code[None])[0]
    return _with_neighbours(run, "place", np.empty(0, int), code, point)


def _with_neighbours(
    run: Run, kind: str, indices: np.ndarray, code: np.ndarray, point: np.ndarray
) -> Pick | None:
    if not (np.abs(code) <= MAX_CODE).all():
        return None
    neighbours, distances = nearest_images(run, code, NEIGHBOURS + len(indices))
    others = neighbours != indices[0] if len(indices) else slice(None)  # itself is none
    return Pick(kind, indices, code, neighbours[others], distances[others], point)


def show_pick(run: Run, places: Places | None, pick: Pick | Selection | None) -> None:
    """Show what is picked, or say what there is to do; places: None where no place can be."""
    if pick is None:
        st.markdown(
            "**Move over the map.** The image beside the pointer is what the decoder makes of that "
            "place.\n\n"
            "**Click** a place or a dot to keep it, with its nearest test images.\n\n"
            "**Box** and **Lasso** select many: you see their mean image.\n\n"
            "**Holes** are places that the prior finds likely and no test image is near. Click one."
        )
    elif isinstance(pick, Selection):
        _show_selection(run, pick)
    else:
        if pick.kind == "image":
            show_image(run, int(pick.indices[0]))
        elif places is not None:
            _show_place(run, places, pick)
        if len(pick.neighbours):
            _show_neighbours(run, pick)


def _show_place(run: Run, places: Places, pick: Pick) -> None:
    row = st.container(horizontal=True)
    with row.container(width=PICTURE_PIXELS):
        show_grid(to_uint8(run.decode(pick.code[None])), 1, 1, alt="The image decoded here")
    words = row.container(width="stretch")
    log_ratio = log_density_ratio(pick.code[None], posteriors_at(run))
    words.markdown(f"**Decoded exactly{as_class(run)}**")
    words.caption(
        f"{np.linalg.norm(pick.code):.2f} from the prior's mean. The test images' posteriors "
        f"together have {_times(float(log_ratio[0]))} the density that the prior has here, both "
        "blurred by as much as codes lie apart."
    )
    if pick.point is not None and hole_mask(places.plane, pick.point[None], log_ratio)[0]:
        st.info(
            "A hole: the prior finds this place likely, and hardly any posterior reaches it (less "
            f"than {HOLE_RATIO:.0%} of the prior's density). Nothing taught the decoder what to "
            "draw here.",
            icon=":material/trip_origin:",
        )


def _times(log_ratio: float) -> str:
    if abs(log_ratio) > MAX_NATS:
        return f"less than {np.exp(-MAX_NATS):.1g} times" if log_ratio < 0 else "far more than"
    return f"{np.exp(log_ratio):.2g} times"


def _show_neighbours(run: Run, pick: Pick) -> None:
    st.markdown(f"**{len(pick.neighbours)} nearest test images**")
    images, what = images_at_hand(run), "The images"
    if images is None:
        images, what = reconstructions(run, pick.neighbours), "Reconstructions"
    else:
        images = images[pick.neighbours]
    columns = min(5, len(images))
    rows = len(images) // columns
    show_grid(images[: rows * columns], rows, columns, alt="Nearest test images")
    st.caption(
        f"{what}, the nearest first: {pick.distances[0]:.2f} to {pick.distances[-1]:.2f} away in "
        "latent space, measured to their posterior means."
    )


def _show_selection(run: Run, pick: Selection) -> None:
    latents, chosen = run.latents, pick.indices
    st.markdown(f"**{len(chosen):,} test images selected**")
    centre = latents["mean"][chosen].mean(axis=0, keepdims=True)
    decoded = to_uint8(run.decode(centre))
    images = images_at_hand(run)
    if images is None:
        shown, text = decoded, f"Decoded{as_class(run)} from the mean of their codes."
    else:
        average = np.rint(images[chosen].mean(axis=0)).astype(np.uint8)
        shown = np.stack([average, decoded[0]])
        told = as_class(run)
        text = f"The mean of the images, and the image decoded{told} from the mean of their codes."
    with st.container(width=PICTURE_PIXELS * len(shown)):
        show_grid(shown, 1, len(shown), alt=text)
    st.caption(text)
    counts = np.bincount(latents["y"][chosen], minlength=len(run.class_names))
    words = [
        f"{plain(run.short_class_names[label])}: {counts[label]:,}"
        for label in np.argsort(-counts)
        if counts[label]
    ]
    st.caption("Classes: " + ", ".join(words) + ".")
