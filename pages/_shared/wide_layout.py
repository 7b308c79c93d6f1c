"""Columns that wrap where they would be squeezed, and pictures that one screen shows whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

__all__ = ["LAYOUT_STYLE", "close_columns", "fitted_picture", "wrapping_columns"]

# Streamlit's columns share whatever width there is down to 640 pixels, and then stand below each
# other; these take a new row as soon as one has less than what can be read, at any size of text.
LAYOUT_STYLE = """
[class*="st-key-wrap-"] > * > [data-testid="stHorizontalBlock"] {
    flex-wrap: wrap;
    > [data-testid="stColumn"] { min-width: min(100%, 17rem); }
}
[class*="st-key-beside-"] > * > [data-testid="stHorizontalBlock"] {
    flex-wrap: wrap;
    > [data-testid="stColumn"] { min-width: min(100%, 6rem); }
}
[class*="st-key-fitted-"] { width: 100%; }
/* A phone is scrolled anyway: there a picture is as wide as the screen. */
@media (max-width: 30em) {
    :is([class*="st-key-fitted-"], [data-testid="stColumn"]:has([class*="st-key-fitted-"])) {
        max-width: none !important;
    }
}
""" + "".join(
    # Its column is no wider either, so that the others get what it leaves.
    f'[class*="st-key-fitted-{rem}-"], [data-testid="stColumn"]:has(> * > * > '
    f'[class*="st-key-fitted-{rem}-"]) {{ max-width: max(16rem, 100dvh - {rem}rem); }}\n'
    for rem in range(12, 26)
)


def wrapping_columns(
    spec: Sequence[float],
    *,
    key: str,
    gap: Literal["small", "medium", "large"] = "medium",
    vertical_alignment: Literal["top", "center", "bottom"] = "top",
) -> list[DeltaGenerator]:
    """Return columns of these fractions of the width; key: one of its own on the page."""
    with st.container(key=f"wrap-{key}"):
        return st.columns(spec, gap=gap, vertical_alignment=vertical_alignment)


def close_columns(count: int, *, key: str) -> list[DeltaGenerator]:
    """Return columns of equal width that stay beside each other on a phone too."""
    with st.container(key=f"beside-{key}"):
        return st.columns(count, gap="small")


def fitted_picture(around: int, *, key: str) -> DeltaGenerator:
    """Return a container for a square picture that is no wider than the screen leaves it height.

    around: what stands above and below it, in rem, from 12 to 25.
    """
    return st.container(key=f"fitted-{around}-{key}", gap="small")
