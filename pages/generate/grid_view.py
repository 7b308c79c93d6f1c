"""Grid: up to 900 samples of any sampler, as files too; each can be selected."""

from __future__ import annotations

import hashlib

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._components.tile_grid import tile_grid
from pages._shared.guard import explained
from pages.generate.fitted_samplers import offer_samplers, samplers_of
from pages.generate.grid_choice import GridChoice, choose_grid, sampler_text
from pages.generate.grid_files import offer_files
from pages.generate.selected_tile import show_tile
from vae.files import file_mark
from vae.images import tile, to_png, to_uint8
from vae.runs.layout import DECODER
from vae.runs.provenance import notes_of
from vae.runs.run import Run
from vae.sampling.samplers import sample_codes

__all__ = ["grid_view"]


@st.fragment
@explained()
def grid_view(run: Run) -> None:
    """Show a grid of samples, offer it as files, and show the image that is selected in it."""
    # The grid first: on a phone one stands below the other.
    grid, controls, tile_column = st.columns([1.5, 1, 1.2], gap="large")
    samplers = samplers_of(run)
    with controls:
        choice = choose_grid(run, samplers)
    if choice.spec.sampler != "prior" and samplers is None:
        with grid:
            offer_samplers(run)
        return
    codes = sample_codes(run, choice.spec, choice.rows * choice.columns, samplers)
    images = to_uint8(run.decode(codes))
    with grid:
        selected = _show(run, choice, images)
    with controls:
        notes = notes_of(run, choice.spec.seed) | choice.spec.notes
        offer_files(run, images, codes, choice, notes)
    with tile_column:
        show_tile(run, codes, choice, selected)


def _show(run: Run, choice: GridChoice, images: np.ndarray) -> int | None:
    rows, columns, spec = choice
    model = run.path, file_mark(run.path / DECODER)
    grid_id = hashlib.sha256(f"{model} {choice}".encode()).hexdigest()[:16]
    selected = tile_grid(
        to_png(tile(images, rows, columns), quick=True),
        rows,
        columns,
        alt=f"A {rows} by {columns} grid of generated images",
        grid_id=grid_id,
        selected=None,
        key=f"grid-{run_key(run)}",
    )
    st.caption(
        f"{len(images)} codes from {sampler_text(spec)}, decoded. Seed {spec.seed}. Click an image "
        "to see it larger; the arrow keys move on from there."
    )
    return selected
