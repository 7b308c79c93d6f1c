"""Arithmetic: what distinguishes A from B, added to C."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.available_images import available_test_images, reconstructions
from pages._shared.guard import explained
from pages._shared.persistent import persistent
from pages._shared.pictures import show_grid
from pages.generate.bookmarks import bookmark_button
from pages.generate.code_source import choose_code
from vae.images import to_uint8
from vae.latent.neighbours import nearest_images
from vae.runs.run import Run

__all__ = ["arithmetic_view"]

NEIGHBOURS = 8
STEPS = 9


@st.fragment
@explained()
def arithmetic_view(run: Run) -> None:
    """Compute A − B + C with codes, and decode what comes out."""
    st.markdown(
        "Directions in latent space can carry meaning: **A − B** is what distinguishes A from B. "
        "Add it to **C**, and C should change in just that."
    )
    start, minus, plus, result = st.columns([1, 1, 1, 2.2], gap="large")
    source = "Class mean" if run.latents else "Sample"
    with start:
        a = choose_code(run, "sum_a", "A", source=source, number=7)
    with minus:
        b = choose_code(run, "sum_b", "− B", source=source, number=1)
    with plus:
        c = choose_code(run, "sum_c", "+ C", source=source, number=3)
    difference = a.code - b.code
    amount = st.session_state.get("sum_amount", 1.0)
    code = (c.code + amount * difference).astype(np.float32)
    with result:
        st.markdown("**A − B + C**")
        picture, controls = st.columns([1, 1.4])
        with picture:
            show_grid(to_uint8(run.decode(code[None])), 1, 1, alt="A minus B plus C, decoded")
        with controls:
            st.slider(
                "How much of A − B",
                -1.0,
                2.0,
                step=0.05,
                help="1 is the whole difference, 0 none of it: C itself. Acts at once.",
                **persistent("sum_amount", amount),
            )
            bookmark_button(run, code, f"{a.name} − {b.name} + {c.name}")
        fractions = np.linspace(0.0, 1.0, STEPS)[:, None]
        codes = (c.code + fractions * difference).astype(np.float32)
        show_grid(to_uint8(run.decode(codes)), 1, STEPS, alt="From C to A minus B plus C")
        st.caption("From C, on the left, to A − B + C, on the right.")
        if run.latents:
            _show_neighbours(run, code)


def _show_neighbours(run: Run, code: np.ndarray) -> None:
    indices, distances = nearest_images(run, code, NEIGHBOURS)
    images, noun = available_test_images(run), "test images"
    if images is None:
        images, noun = reconstructions(run, indices), "reconstructions"
    else:
        images = images[indices]
    show_grid(images, 1, len(images), alt="Nearest test images")
    st.caption(
        f"The nearest {noun} in latent space: {distances[0]:.2f} to {distances[-1]:.2f} away."
    )
