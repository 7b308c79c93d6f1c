"""A grid of images from the prior, and the same grid as a file."""

from __future__ import annotations

import streamlit as st

from vae.archive import public_name
from vae.runs import Run
from vae.sampling import prior_codes, tile, to_png
from views._shared.guard import explained
from views._shared.pictures import SHARP_PIXELS, show_png

__all__ = ["prior_grid"]

MOST_ROWS = 20


@st.fragment
@explained()
def prior_grid(run: Run) -> None:
    """Draw any grid from the prior, and offer it as a file."""
    st.subheader("A grid from the prior")
    controls, picture = st.columns([1, 1.4], gap="large")
    with controls:
        rows = st.slider("Rows", 1, MOST_ROWS, 10, help="Acts at once.")
        columns = st.slider("Columns", 1, MOST_ROWS, 10, help="Acts at once.")
        temperature = st.slider(
            "Temperature",
            0.0,
            2.0,
            1.0,
            0.05,
            help="Spread of the random codes: 1 is the prior, less is safer, more is wilder.",
        )
        seed = st.number_input(
            "Seed", 0, 2**31 - 1, key="grid_seed", help="The same seed gives the same grid."
        )
        st.button(
            "Draw again",
            icon=":material/casino:",
            type="primary",
            width="stretch",
            on_click=lambda: st.session_state.update(grid_seed=seed + 1),
            help="Takes the next seed.",
        )
        codes = prior_codes(
            rows * columns, run.config.latent_dim, temperature=temperature, seed=seed
        )
        image = tile(run.decode(codes), rows, columns)
        png = to_png(
            image,
            scale=max(1, SHARP_PIXELS // image.shape[1]),
            text={"Run": public_name(run), "Seed": str(seed), "Temperature": str(temperature)},
        )
        st.download_button(
            "Download as PNG",
            png,
            file_name=f"{run.dataset}-{rows}x{columns}-seed{seed}.png",
            mime="image/png",
            icon=":material/download:",
            width="stretch",
            on_click="ignore",
            help="The picture beside this, with run and seed in its metadata.",
        )
    with picture:
        show_png(png, alt=f"A {rows} by {columns} grid of generated images")
        st.caption(f"{rows * columns} codes from N(0, {temperature:g}² I), decoded. Seed {seed}.")
