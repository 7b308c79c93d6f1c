"""The selected image of a grid: enlarged, on sliders, varied, beside similar training images."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._shared.address import (
    address_of_part,
    link_number,
    set_parameter,
    take_parameter,
    takes_setting,
)
from pages._shared.guard import explained
from pages._shared.linked import linked_choice, linked_decimal
from pages._shared.linked_code import changes_text, read_changes
from pages._shared.persistent import persistent
from pages._shared.pictures import apart, show_grid
from pages._shared.sent_code import send_to_map, send_to_path
from pages._shared.sheet import SHEET_STYLE
from pages.generate.bookmarks import bookmark_button
from pages.generate.code_sliders import code_sliders
from pages.generate.grid_choice import SAMPLER_NAMES, GridChoice
from pages.generate.nearest_training import show_nearest
from pages.generate.sliders_view import set_sliders
from vae.images import to_uint8
from vae.runs.run import Run

__all__ = ["NO_TILE", "TILE", "show_tile"]

TILE, NO_TILE = "grid_tile", -1  # which is selected, in the session; none
MOVED = "grid_tile_moved"  # a beginning of its sliders that a link named, and the code then

IMAGE_PIXELS = 220
MAX_SLIDERS = 4  # those of all dimensions are in By hand
PANELS = ("Vary", "Nearest training images")
VARIED = (3, 5)


@st.fragment  # of its own: a slider that moves here renders no grid again
@explained()
@address_of_part("tile")
def show_tile(run: Run, codes: np.ndarray, choice: GridChoice, selected: int | None) -> None:
    """Show what can be done with one of the codes (N, d), or say how to select one.

    On a phone it opens as a sheet over the lower half of the screen, under the finger.
    """
    st.html(SHEET_STYLE)
    if selected is None:
        has_codes = run.config.has("encoder")
        on_map = " see where it lies on the map," if has_codes else ""
        uses = "Arithmetic and Animation work" if has_codes else "Animation works"
        st.markdown(
            "**Pick an image** to see it larger, with its code on sliders. The arrow keys go on "
            "from there.\n\n"
            f"**Vary** it, find the training images that it resembles,{on_map} or take it as an "
            "end of a path.\n\n"
            f"**Keep** the ones you like: {uses} with them."
        )
        return
    with st.container(key="sheet-tile", gap="xsmall"):
        _show_selected(run, codes, choice, selected)


def _show_selected(run: Run, codes: np.ndarray, choice: GridChoice, selected: int) -> None:
    row, column = divmod(selected, choice.columns)
    name = f"{SAMPLER_NAMES[choice.spec.sampler]}, seed {choice.spec.seed}"
    name += f", row {row + 1}, column {column + 1}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{name}**")
        if st.button("Close", icon=":material/close:", key="close-sheet", type="tertiary"):
            st.session_state[TILE] = NO_TILE
            st.rerun()
    start, generation = _start(codes[selected], f"{choice} {selected}")
    code = code_sliders(
        run,
        start,
        generation,
        key=f"tile-sliders-{run_key(run)}",
        pixels=IMAGE_PIXELS,
        max_sliders=MAX_SLIDERS,
    )
    if text := changes_text(codes[selected], code):
        set_parameter("moved", text)
        name += ", changed with the sliders"
    _show_actions(run, code, name)
    panel = linked_choice("closer", "tile_panel", PANELS)
    st.segmented_control(
        "Look closer",
        PANELS,
        required=True,
        label_visibility="collapsed",
        help="Variations of this image, or real images like it. Acts at once.",
        **persistent("tile_panel", panel),
    )
    if panel == PANELS[0]:
        _vary(run, code)
    else:
        show_nearest(run, code, to_uint8(run.decode(code[None]))[0])


def _start(code: np.ndarray, tile: str) -> tuple[np.ndarray, str]:
    """Return the code at which the sliders of a tile begin, and a name for this beginning."""
    state, generation = st.session_state, f"{tile} {link_number()}"
    if takes_setting("moved"):
        changed = read_changes(take_parameter("moved") or "", code)
        state[MOVED] = None if changed is None else (generation, changed)
    linked, changed = state.get(MOVED) or ("", code)
    return (changed if linked == generation else code), generation


def _show_actions(run: Run, code: np.ndarray, name: str) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        bookmark_button(run, code, name)
        if len(code) > MAX_SLIDERS and st.button(
            "All sliders",
            icon=":material/tune:",
            help=f"Opens By hand with this code: all {len(code)} dimensions.",
        ):
            set_sliders(run, code)
            st.session_state.generate_view = "By hand"
            st.rerun()
        if run.config.has("encoder") and not run.latents:
            return  # the Latent page has nothing to show
        with st.popover("Use it", icon=":material/arrow_outward:", help="On the Latent page."):
            _offer_latent_page(run, code, name)


def _offer_latent_page(run: Run, code: np.ndarray, name: str) -> None:
    if run.config.has("encoder") and st.button(
        "On the map", icon=":material/map:", help="Shows where its code lies."
    ):
        send_to_map(run, code)
    if st.button(
        "Path from", icon=":material/start:", help="The Path view begins with this image."
    ):
        send_to_path(run, code, name, "path_from")
    if st.button(
        "Path to", icon=":material/keyboard_tab:", help="The Path view ends with this image."
    ):
        send_to_path(run, code, name, "path_to")


def _vary(run: Run, code: np.ndarray) -> None:
    spread = linked_decimal("vary", "tile_spread", 0.05, 1.0, 0.3)
    rows, columns = VARIED
    noise = np.random.default_rng(0).standard_normal((rows * columns, len(code)))
    codes = (code + spread * noise).astype(np.float32)
    images = apart(to_uint8(run.decode(codes)))
    show_grid(images, rows, columns, alt="Images around this one")
    st.slider(
        "How far",
        0.05,
        1.0,
        step=0.05,
        help="Standard deviation of the noise that is added to its code. Acts at once.",
        **persistent("tile_spread", spread),
    )
