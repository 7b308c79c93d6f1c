"""Which plane of latent space a map shows."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae.planes import Plane, dimension_plane, pca_plane, picture_plane
from vae.runs import Run

__all__ = ["choose_plane"]

PLANES = ("PCA", "Two dimensions", "Three pictures")
HELD = ("The prior's mean", "A test image")


def choose_plane(run: Run) -> Plane:
    """Show what there is to choose, in one row, and return the plane.

    Raises RunError where there is none: three pictures on one line.
    """
    dims = run.config.latent_dim
    if dims == 1:
        st.caption("This model has one latent dimension: a line. Upwards the classes lie apart.")
        return dimension_plane(1, 0, 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = PLANES if dims > 2 else PLANES[1:]
        kind = st.segmented_control(
            "Plane",
            kinds,
            default=kinds[0],
            required=True,
            key=f"plane-{run.id}",
            help="PCA: the plane along which the test images vary most. Two dimensions: as they "
            "are, the others held. Three pictures: the plane through three test images. Acts at "
            "once.",
        )
        if kind == "PCA":
            return pca_plane(run.latents["mean"])
        if kind == "Three pictures":
            return picture_plane(run.latents["mean"][_choose_three(run)])
        return _choose_dimensions(run)


def _choose_dimensions(run: Run) -> Plane:
    dims = run.config.latent_dim
    looks = {"format_func": lambda place: f"z{place + 1}", "width": 84}
    first = st.selectbox("Across", range(dims), help="Dimension of the x axis.", **looks)
    others = [place for place in range(dims) if place != first]
    second = st.selectbox("Up", others, help="Dimension of the y axis.", **looks)
    if dims == 2:
        return dimension_plane(dims, first, second)
    held = st.selectbox("Others at", HELD, help="Where the other dimensions stay.", width=160)
    if held == HELD[0]:
        return dimension_plane(dims, first, second)
    index = st.number_input(
        "Test image",
        0,
        len(run.latents["y"]) - 1,
        key=f"held-{run.id}",
        help="Whose code the other dimensions have: a number from 0 on.",
        width=130,
    )
    return dimension_plane(dims, first, second, run.latents["mean"][index])


def _choose_three(run: Run) -> list[int]:
    """Return three test images: of three classes, unless others are chosen."""
    y = run.latents["y"]
    _, firsts = np.unique(y, return_index=True)
    defaults = [*sorted(firsts.tolist()), *range(len(y))][:3]
    return [
        st.number_input(
            f"{name} picture",
            0,
            len(y) - 1,
            default,
            help="Number of a test image, from 0 on.",
            width=118,
        )
        for name, default in zip(("First", "Second", "Third"), defaults, strict=True)
    ]
