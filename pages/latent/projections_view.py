"""Projections: test images as dots, by PCA and t-SNE, in two and three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._components.still_chart import still_chart
from pages._shared.address import (
    address_of_part,
    set_parameter,
    take_parameter,
    takes_setting,
)
from pages._shared.glossary import help_of
from pages._shared.guard import explained
from pages._shared.linked import linked
from pages._shared.maps.picks import many_text, read_many
from pages._shared.maps.selection import SelectedImages, SelectedPoint, show_selection
from pages._shared.maps.shown_parts import hidden_classes
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from pages._shared.sheet import open_sheet, sheet
from pages._shared.stable_position import stable_position
from pages.latent.projection_choice import Choice, choose_projection, find_projection
from pages.latent.projection_map import projection_map, projection_space, tile_shrink
from vae.figures.explained_variance import explained_variance
from vae.latent.projections import TSNE_POINTS, Projection
from vae.runs.run import Run

__all__ = ["projections_view"]

NEIGHBOURS = 10
SHEET = "projection"


@st.fragment
@address_of_part("projections")
@explained()
def projections_view(run: Run) -> None:
    """Choose a projection and see it, and beside it the selected test image."""
    if run.config.latent_dim == 1:
        st.info(
            "This model has one latent dimension: there is nothing to project. The Map shows the "
            "line as it is.",
            icon=":material/info:",
        )
        return
    if not run.latents["mean"].std(axis=0).any():
        st.info(
            "All test images have the same code, so a projection would show a single dot. See "
            "Dimensions.",
            icon=":material/info:",
        )
        return
    with st.container(key="picture-and-words"):
        dots, right = st.container(), st.container()
    with right:
        row = st.container(horizontal=True, vertical_alignment="bottom")
        with row:
            choice = choose_projection(run)
            size, opacity = _choose_dot_style()
    with dots:
        projection = find_projection(run, choice)
    count = min(TSNE_POINTS, len(run.latents["y"])) if projection is None else len(projection.y)
    selection = _selection(run, count)
    with row:
        _choose_image(selection, count)
    if projection is not None:
        with dots:
            _show_dots(run, projection, choice, selection, size, opacity)
    with right:
        with stable_position(), sheet(SHEET):
            show_selection(run, None, selection)
        if projection is not None and projection.variance is not None:
            st.markdown("**Variance that PCA keeps**", help=help_of("PCA"))
            figure = explained_variance(projection.variance)
            still_chart(figure, name="Variance that each component keeps", key="variance")


def _choose_dot_style() -> tuple[float, float]:
    """Return a dot's size in pixels and its opacity."""
    size = _linked_step("size", 1.0, 12.0, 5.0)
    opacity = _linked_step("opacity", 0.05, 1.0, 0.75)
    with st.popover("Dots", help="Size and opacity of the dots."):
        st.slider(
            "Point size",
            1.0,
            12.0,
            step=0.5,
            help="In pixels.",
            **persistent("projection_size", size),
        )
        st.slider(
            "Opacity",
            0.05,
            1.0,
            step=0.05,
            help="Faint dots show where many overlap.",
            **persistent("projection_opacity", opacity),
        )
    return size, opacity


def _linked_step(name: str, low: float, high: float, default: float) -> float:
    def read(text: str) -> float | None:
        value = float(text)
        return value if low <= value <= high else None

    return linked(name, f"projection_{name}", default, read, "{:g}".format)


def _choose_image(selection: SelectedPoint | SelectedImages, count: int) -> None:
    persistent_number(
        "Test image",
        int(selection.indices[0]),
        0,
        count - 1,
        name="projection_image",
        save=lambda index: _store({"kind": "image", "index": index}),
        help="Number of the test image that is marked; a dot that is picked sets it too.",
        width=130,
    )


def _store(stored: Any) -> None:
    st.session_state.projection_selection = stored


def _selection(run: Run, count: int) -> SelectedPoint | SelectedImages:
    """Return the selected test image, or several, of the first count; at first, image 0."""
    if takes_setting("picked"):
        text = take_parameter("picked") or ""
        image = {"kind": "image", "index": int(text[:9])} if text.isdecimal() else None
        _store(image or read_many(run, text))
    selection = _stored_selection(run, count)
    if isinstance(selection, SelectedImages):
        if text := many_text(run, selection):
            set_parameter("picked", text)
    elif index := int(selection.indices[0]):
        set_parameter("picked", str(index))
    return selection


def _stored_selection(run: Run, count: int) -> SelectedPoint | SelectedImages:
    stored: Any = st.session_state.get("projection_selection")
    try:
        if stored["kind"] == "selection":
            indices = np.unique(np.asarray(stored["indices"], dtype=int))
            indices = indices[(indices >= 0) & (indices < count)]
            if len(indices):
                return SelectedImages(indices)
        index = range(count)[int(stored.get("index", 0))]
    except (TypeError, KeyError, ValueError, IndexError, OverflowError, AttributeError):
        index = 0
    codes = run.latents["mean"][:count].astype(np.float64)
    distances = np.linalg.norm(codes - codes[index], axis=1)
    distances[index] = np.inf  # itself is no neighbour
    nearest = np.argsort(distances, kind="stable")[: min(NEIGHBOURS, count - 1)]
    return SelectedPoint(
        "image",
        np.array([index]),
        codes[index],
        neighbours=nearest,
        distances=distances[nearest],
    )


def _show_dots(
    run: Run,
    projection: Projection,
    choice: Choice,
    selection: SelectedPoint | SelectedImages,
    size: float,
    opacity: float,
) -> None:
    style = {"size": size, "opacity": opacity}
    key = f"cloud-{run_key(run)}" if choice.sides == 2 else f"cloud3d-{choice.kind}-{run_key(run)}"

    def on_select() -> None:
        if (event := st.session_state.get(key)) is not None:  # else it has gone meanwhile
            _store(event["selection"])
            open_sheet(SHEET)

    if choice.sides == 2:
        hidden = hidden_classes(run, key)
        projection_map(run, projection, selection, hidden, key=key, on_select=on_select, **style)
    else:
        projection_space(run, projection, key=key, on_select=on_select, **style)
    st.caption(_how_to_read(run, projection, choice))


def _how_to_read(run: Run, projection: Projection, choice: Choice) -> str:
    """Return what may be read from the dots, and what may not."""
    count = len(projection.points)
    if choice.kind == "PCA":
        of_all = len(run.latents["y"])
        few = f", of which {count:,} are shown" if count < of_all else ""
        text = (
            f"PCA of all {of_all:,} codes{few}. Each place of this plane belongs to a code: the "
            "Map decodes them."
        )
    else:
        text = (
            f"t-SNE of {count:,} codes. A place between two dots belongs to no code, so nothing "
            "can be decoded there."
        )
    shrink = tile_shrink(run, count)
    smaller = f", at 1/{shrink} of its size" if shrink > 1 else ""
    text += (
        " The image beside the pointer is the reconstruction of the nearest test image"
        f"{smaller}; a click or a tap on a dot picks it."
    )
    if choice.sides == 2:
        return f"{text} Circles: its nearest neighbours in latent space among these."
    return f"{text} Drag to turn; a class in the legend hides or shows its dots."
