"""Which plane of latent space a map shows."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.address import set_parameter, take_parameter, takes_setting
from pages._shared.linked import linked_choice, linked_number
from pages._shared.linked_code import code_text, read_code
from pages._shared.maps.map_data import pca_of
from pages._shared.maps.selection import SelectedImages, SelectedPoint
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from vae.latent.planes import Plane, dimension_plane, picture_plane
from vae.runs.run import Run

__all__ = ["choose_dimensions", "choose_plane", "store_selection"]

PLANES = ("PCA", "Two dimensions", "Three pictures")
FIXED_AT = ("The prior's mean", "A test image", "The picked point")
PICTURES = ("First", "Second", "Third")


def choose_plane(run: Run) -> Plane:
    """Show what there is to choose, in one row, and return the plane.

    Raises RunError where there is none: three pictures on one line.
    """
    dims = run.config.latent_dim
    if dims == 1:
        st.caption(
            "This model has one latent dimension, a line. Upwards the classes are only drawn apart."
        )
        return dimension_plane(1, 0, 0)
    kinds = PLANES if dims > 2 else PLANES[1:]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = linked_choice("plane", f"plane-{run.id}", kinds)
        st.segmented_control(
            "Plane",
            kinds,
            required=True,
            help="PCA: the plane along which the test images differ most. Two dimensions: two of "
            "the code's own, the others fixed. Three pictures: the plane through three test "
            "images. Acts at once.",
            **persistent(f"plane-{run.id}", kind),
        )
        if kind == "PCA":
            return pca_of(run)
        if kind == "Three pictures":
            return picture_plane(run.latents["mean"][_choose_three(run)])
        first, second = choose_dimensions(run)
        if dims == 2:
            return dimension_plane(dims, first, second)
        return dimension_plane(dims, first, second, _choose_fixed_at(run))


def store_selection(run: Run, selection: SelectedPoint | SelectedImages | None) -> bool:
    """Store the point that is selected on the map; return whether the controls depend on it.

    They ran before the map, and so before the selection was known.
    """
    before, state = st.session_state.get(f"selected-code-{run.id}"), st.session_state
    if not isinstance(selection, SelectedPoint):
        return False
    state[f"selected-{run.id}"] = selection
    # With as many digits as the address holds: its link is the same plane.
    code = read_code(code_text(selection.code), len(selection.code))
    code = selection.code if code is None else code
    state[f"selected-code-{run.id}"] = code
    is_new = before is None or not np.array_equal(before, code)
    return is_new and state.get(f"plane-{run.id}") in PLANES[1:]


def _selected(run: Run) -> SelectedPoint | None:
    return st.session_state.get(f"selected-{run.id}")


def _selected_code(run: Run) -> np.ndarray | None:
    """Return the code (d,) that was picked last, here or by who made the link."""
    state, where = st.session_state, f"selected-code-{run.id}"
    if takes_setting("at"):
        state[where] = read_code(take_parameter("at") or "", run.config.latent_dim)
    return state.get(where)


def _dimension(index: int) -> str:
    return f"z{index + 1}"


def choose_dimensions(run: Run) -> tuple[int, int]:
    """Show which two dimensions there are to choose, and return them: across and up."""
    dims = run.config.latent_dim
    options = {"format_func": _dimension, "width": 84}
    first = linked_choice("across", f"across-{run.id}", range(dims), text=_dimension)
    st.selectbox(
        "Across", range(dims), help="Dimension of the x axis.", **options,
        **persistent(f"across-{run.id}", first),
    )  # fmt: skip
    others = tuple(dimension for dimension in range(dims) if dimension != first)
    second = linked_choice("up", f"up-{run.id}", others, text=_dimension)
    st.selectbox(
        "Up",
        others,
        help="Dimension of the y axis.",
        **options,
        **persistent(f"up-{run.id}", second),
    )
    return first, second


def _choose_fixed_at(run: Run) -> np.ndarray | None:
    """Return the code at which the other dimensions stay; None: the prior's mean."""
    code = _selected_code(run)
    options = FIXED_AT if code is not None else FIXED_AT[:2]
    fixed_at = linked_choice("others", f"others-{run.id}", options)
    st.selectbox(
        "Others at",
        options,
        help="Where the other dimensions stay; the picked point is the one on the map.",
        width=160,
        **persistent(f"others-{run.id}", fixed_at),
    )
    if fixed_at == FIXED_AT[0]:
        return None
    if code is not None and fixed_at == FIXED_AT[2]:
        set_parameter("at", code_text(code))
        return code
    last = len(run.latents["y"]) - 1
    index = linked_number("fixed", f"fixed-image-{run.id}", 0, last, 0)
    persistent_number(
        "Test image", index, 0, last, name=f"fixed-image-{run.id}", width=130,
        help="Whose code: a number from 0 on.",
    )  # fmt: skip
    return run.latents["mean"][index]


def _choose_three(run: Run) -> list[int]:
    """Return three test images: of three classes, unless others are chosen."""
    y = run.latents["y"]
    _, firsts = np.unique(y, return_index=True)
    defaults = [*sorted(firsts.tolist()), *range(len(y))][:3]
    names = [f"{each.lower()}-{run.id}" for each in PICTURES]
    chosen = [
        linked_number(each.lower(), name, 0, len(y) - 1, value)
        for each, name, value in zip(PICTURES, names, defaults, strict=True)
    ]
    for label, name, index in zip(PICTURES, names, chosen, strict=True):
        persistent_number(
            f"{label} picture", index, 0, len(y) - 1, name=name, width=118,
            help="Number of a test image, from 0 on.",
        )  # fmt: skip
    selected = _selected(run)
    if selected is not None and len(selected.indices) and selected.indices[0] not in chosen:
        st.button(
            "Take the picked one",
            help="The picked test image becomes the third, the third the second, the second the "
            "first.",
            on_click=_use_selected,
            args=(dict(zip(names, chosen, strict=True)), int(selected.indices[0])),
        )
    return chosen


def _use_selected(shown: dict[str, int], selected: int) -> None:
    """Shift the pictures, with the numbers typed by now: the click may have ended the typing."""
    state = st.session_state
    _, *others = (state.get(name, index) for name, index in shown.items())
    state.update(zip(shown, [*others, selected], strict=True))
