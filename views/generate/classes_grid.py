"""One style, every class: a grid whose rows are classes and whose columns share a code."""

from __future__ import annotations

import base64
import html

import numpy as np
import streamlit as st

from vae.archive import public_name
from vae.runs import Run
from vae.sampling import prior_codes, tile, to_png
from views._shared.guard import explained
from views._shared.pictures import SHARP_PIXELS

__all__ = ["classes_grid"]

MOST_COLUMNS = 20
TABLE = "display:grid;grid-template-columns:auto 1fr;column-gap:10px"
NAMES = "display:grid;grid-auto-rows:1fr;align-items:center;text-align:right;font-size:0.86rem"
PICTURE = "display:block;width:100%;image-rendering:pixelated;border-radius:6px"
NAME = "max-width:9rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap"


@st.fragment
@explained()
def classes_grid(run: Run) -> None:
    """Draw a few codes as each class, where a run is told classes, and offer it as a file."""
    if not run.config.is_conditional:
        return
    st.subheader("One style, every class")
    controls, picture = st.columns([1, 1.4], gap="large")
    with controls:
        columns = st.slider(
            "Styles",
            1,
            MOST_COLUMNS,
            10,
            key="classes_columns",
            help="Columns: each is one code from the prior, drawn as every class. Acts at once.",
        )
        temperature = st.slider(
            "Temperature",
            0.0,
            2.0,
            1.0,
            0.05,
            key="classes_temperature",
            help="Spread of the random codes: 1 is the prior, less is plainer, more is wilder.",
        )
        seed = st.number_input(
            "Seed", 0, 2**31 - 1, key="classes_seed", help="The same seed gives the same styles."
        )
        st.button(
            "Other styles",
            icon=":material/casino:",
            type="primary",
            width="stretch",
            on_click=lambda: st.session_state.update(classes_seed=seed + 1),
            help="Takes the next seed.",
        )
        codes = prior_codes(columns, run.config.latent_dim, temperature=temperature, seed=seed)
        image = tile(_every_class(run, codes), run.classes, columns)
        png = to_png(
            image,
            scale=max(1, SHARP_PIXELS // image.shape[1]),
            text={
                "Run": public_name(run),
                "Seed": str(seed),
                "Temperature": str(temperature),
                "Rows": ", ".join(run.class_names),
            },
        )
        st.download_button(
            "Download as PNG",
            png,
            file_name=f"{run.dataset}-{run.classes}-classes-seed{seed}.png",
            mime="image/png",
            icon=":material/download:",
            width="stretch",
            on_click="ignore",
            help="The picture beside this, with run, seed and classes in its metadata.",
        )
    with picture:
        _show(run, png, columns)
        st.caption(
            f"A row is a class, a column one code z from N(0, {temperature:g}² I): what stays the "
            f"same down a column is the style, what changes is what the run was told. Seed {seed}."
        )


def _every_class(run: Run, codes: np.ndarray) -> np.ndarray:
    """Decode codes (N, d) as the first class, then as the next: (classes * N, H, W, C)."""
    labels = np.repeat(np.arange(run.classes), len(codes))
    return run.decode(np.tile(codes, (run.classes, 1)), labels)


def _show(run: Run, png: bytes, columns: int) -> None:
    """Show the grid with the name of each class beside its row."""
    names = "".join(
        f'<span style="{NAME}" title="{html.escape(name)}">{html.escape(name)}</span>'
        for name in run.class_names
    )
    alt = f"{columns} codes, each drawn as {run.classes} classes"
    st.html(
        f'<div style="{TABLE}"><div style="{NAMES}">{names}</div>'
        f'<img alt="{alt}" style="{PICTURE}" '
        f'src="data:image/png;base64,{base64.b64encode(png).decode()}"></div>'
    )
