"""Grid: up to 900 samples of any sampler, as files too; each can be selected."""

from __future__ import annotations

import hashlib

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._components.tile_grid import tile_grid
from pages._shared.address import address_of_part, set_parameter
from pages._shared.guard import explained
from pages._shared.linked import linked_number
from pages._shared.pictures import apart
from pages._shared.wide_layout import fitted_picture, wrapping_columns
from pages.generate.fitted_samplers import offer_samplers, samplers_of
from pages.generate.grid_choice import GridChoice, choose_grid, sampler_text
from pages.generate.grid_files import offer_files
from pages.generate.selected_tile import NO_TILE, TILE, show_tile
from vae.files import file_version
from vae.images import tile, to_png, to_uint8
from vae.runs.layout import DECODER
from vae.runs.provenance import notes_of
from vae.runs.run import Run
from vae.sampling.samplers import sample_codes

__all__ = ["grid_view"]

AROUND = 15  # rem of a screen that are not the grid
SHOWN = "grid_tile_shown"  # the grid, how often its tile was not chosen in it, and the tile


@st.fragment
@explained()
@address_of_part("grid")
def grid_view(run: Run) -> None:
    """Show a grid of samples, offer it as files, and show the image that is selected in it."""
    # The grid first: on a phone one stands below the other.
    grid, tile_column, controls = wrapping_columns([1.45, 1.25, 0.9], key="grid")
    samplers = samplers_of(run)
    with controls:
        choice = choose_grid(run, samplers)
    if choice.spec.sampler != "prior" and samplers is None:
        with grid:
            offer_samplers(run)
        return
    codes = sample_codes(run, choice.spec, choice.rows * choice.columns, samplers)
    images = to_uint8(run.decode(codes))
    with grid, fitted_picture(AROUND, key="grid"):
        selected = _show(run, choice, images)
    with controls:
        notes = notes_of(run, choice.spec.seed) | choice.spec.notes
        offer_files(run, images, codes, choice, notes)
    with tile_column:
        show_tile(run, codes, choice, selected)


def _show(run: Run, choice: GridChoice, images: np.ndarray) -> int | None:
    rows, columns, spec = choice
    model = run.path, file_version(run.path / DECODER)
    mark = hashlib.sha256(f"{model} {choice}".encode()).hexdigest()[:16]
    chosen, changes = _chosen_tile(mark, len(images))
    selected = tile_grid(
        to_png(tile(apart(images), rows, columns), quick=True),
        rows,
        columns,
        alt=f"A {rows} by {columns} grid of generated images",
        grid_id=f"{mark}-{changes}",
        selected=None if chosen == NO_TILE else chosen,
        key=f"grid-{run_key(run)}",
    )
    found = NO_TILE if selected is None else selected
    st.session_state[TILE] = found
    st.session_state[SHOWN] = mark, changes, found
    if found != NO_TILE:
        set_parameter("tile", str(found))
    st.caption(f"{len(images)} codes from {sampler_text(spec)}, decoded. Seed {spec.seed}.")
    return selected


def _chosen_tile(mark: str, count: int) -> tuple[int, int]:
    """Return the tile that is chosen at first, and how often one was chosen elsewhere.

    By a link, Back, or the button that closes its details: the browser would say the old one.
    """
    state = st.session_state
    shown, changes, before = state.get(SHOWN, (mark, 0, NO_TILE))
    if shown != mark:
        state[TILE] = before = NO_TILE
    chosen = linked_number("tile", TILE, NO_TILE, count - 1, NO_TILE)
    return chosen, changes + (chosen != before)
