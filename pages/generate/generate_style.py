"""How the views of Generate are laid out where that differs from other pages."""

from __future__ import annotations

import streamlit as st

__all__ = ["apply_generate_style"]

STYLE = """
<style>
/* Three samplers stay beside each other on a tablet, and two sliders on a phone. */
.stVerticalBlock.st-key-wrap-samplers > * > [data-testid="stHorizontalBlock"] {
    > [data-testid="stColumn"] { min-width: min(100%, 14rem); }
}
.stVerticalBlock.st-key-wrap-frames > * > [data-testid="stHorizontalBlock"] {
    > [data-testid="stColumn"] { min-width: min(100%, 7.5rem); }
}
/* The classes' column is as wide as their picture, and the controls have the rest. */
@media (min-width: 1101px) {
    .st-key-wrap-classes [data-testid="stColumn"]:first-child {
        max-width: calc(var(--aspect) * (100dvh - 16rem));
    }
}
/* Where three fields share a phone, the words in them still have room. */
@media (max-width: 1100px) {
    .st-key-beside-terms [data-testid="stSelectbox"] {
        input { font-size: 0.78rem; padding-inline: 0.4rem 0; }
        button { padding-inline: 0.1rem; }
    }
}
/* On a phone, what can be done with an image comes after what makes the next ones. */
@media (max-width: 640px) {
    .st-key-wrap-grid > * > [data-testid="stHorizontalBlock"] > :nth-child(2) { order: 1; }
}
</style>
"""


def apply_generate_style() -> None:
    """Add the rules of this page."""
    st.html(STYLE)
