"""Arithmetic: what distinguishes A from B, added to C."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.address import address_of_part
from pages._shared.available_images import available_test_images, reconstructions
from pages._shared.guard import explained
from pages._shared.linked import linked_decimal
from pages._shared.persistent import persistent
from pages._shared.pictures import show_grid
from pages._shared.wide_layout import close_columns, wrapping_columns
from pages.generate.bookmarks import Bookmark, bookmark_button
from pages.generate.code_source import choose_code
from vae.images import to_uint8
from vae.latent.neighbours import nearest_images
from vae.latent.style_pair import style_pair
from vae.runs.run import Run

__all__ = ["arithmetic_view"]

NEIGHBOURS = 8
EXAMPLE = (1, 7)  # of MNIST: a slanted 1 less an upright one, added to a 7
STEPS = 9


class First(NamedTuple):
    """A code to choose: its name in the session and on the page, and what it is at first."""

    name: str
    label: str
    source: str
    number: int
    other: int  # of another source


@st.fragment
@explained()
@address_of_part("arithmetic")
def arithmetic_view(run: Run) -> None:
    """Compute A − B + C with codes, and decode what comes out."""
    st.markdown(
        "Directions in latent space can carry meaning: **A − B** is what distinguishes A from B. "
        "Add it to **C**, and C should change in just that."
    )
    terms, result = wrapping_columns([1.1, 1], key="arithmetic", gap="large")
    with terms:
        parts = zip(close_columns(3, key="terms"), _example(run), strict=True)
        a, b, c = (_term(run, column, first) for column, first in parts)
        if run.latents:
            st.markdown(
                "At first A and B are images of one class in two styles: what they differ in is "
                "added to another class."
            )
    difference = a.code - b.code
    amount = linked_decimal("amount", "sum_amount", -1.0, 2.0, 1.0)
    code = (c.code + amount * difference).astype(np.float32)
    with result:
        st.markdown("**A − B + C**")
        picture, controls = st.columns([1, 1.6])
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


def _example(run: Run) -> list[First]:
    """Return with which codes A, B and C begin: two styles of one class, and another class."""
    names = ("sum_a", "A"), ("sum_b", "− B"), ("sum_c", "+ C")
    if not run.latents:
        return [First(*name, "Sample", seed, seed) for seed, name in enumerate(names)]
    labels = np.unique(run.latents["y"])
    styled, plain = (int(labels[index % len(labels)]) for index in EXAMPLE)
    means, classes = run.latents["mean"], run.latents["y"]
    a, b = style_pair(means, classes, styled)
    middle = means[classes == plain].mean(axis=0)
    # In the order in which their sum is the less unusual code.
    if np.linalg.norm(middle + means[a] - means[b]) > np.linalg.norm(middle + means[b] - means[a]):
        a, b = b, a
    return [
        First(*names[0], "Test image", a, 0),
        First(*names[1], "Test image", b, 1),
        First(*names[2], "Class mean", plain, 2),
    ]


def _term(run: Run, column: DeltaGenerator, first: First) -> Bookmark:
    with column:
        return choose_code(run, *first)


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
