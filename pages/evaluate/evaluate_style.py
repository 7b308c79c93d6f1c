"""How Evaluate is laid out: figures, curves and bars on the first screen."""

from __future__ import annotations

import streamlit as st

__all__ = ["apply_evaluate_style"]

STYLE = """
<style>
/* Curves, and the bars below the samples, end with the first screen. */
.stVerticalBlock.st-key-sample-grid { max-width: max(16rem, 2 * (100dvh - 34.5rem)); }
@media (min-width: 1101px) {
    .st-key-wrap-overview { --curves-high: calc(100dvh - 25.5rem); }
}
/* Two tables, side by side only where each has room for its columns. */
.stVerticalBlock.st-key-wrap-classify [data-testid="stHorizontalBlock"] {
    > [data-testid="stColumn"] { min-width: min(100%, 27rem); }
}
/* Tables with many columns have the width of a tablet for themselves. */
.stVerticalBlock:is(.st-key-wrap-quality, .st-key-wrap-calibration) {
    > * > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"] {
        min-width: min(100%, 24rem);
    }
}
/* Then the samples come before the table that judges them. */
@media (max-width: 1100px) {
    .st-key-wrap-quality > * > [data-testid="stHorizontalBlock"] > :nth-child(2) { order: -1; }
    .stVerticalBlock.st-key-sample-grid { max-width: 30rem; }
}
/* A drawing is small beside what both models say of it. */
.stVerticalBlock.st-key-classify-pad { max-width: 18rem; }
/* The figures: columns of one width on a tablet, a line each on a phone. */
@media (max-width: 1100px) {
    .stHorizontalBlock.st-key-figures {
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: minmax(0, 1fr);
        align-items: end;
        gap: 1rem;
        > *, [data-testid="stMetric"] { width: 100% !important; min-width: 0; }
        [data-testid="stMetricLabel"] * { white-space: normal; overflow: visible; }
    }
}
@media (max-width: 640px) {
    .stHorizontalBlock.st-key-figures {
        grid-auto-flow: row;
        gap: 0;
        [data-testid="stMetric"] > div {
            display: flex;
            flex-wrap: wrap;
            align-items: center;
        }
        [data-testid="stMetricLabel"] { flex: 0 1 15.5rem; min-width: 0; }
        [data-testid="stMetricValue"] { font-size: 1.2rem; }
    }
}
</style>
"""


def apply_evaluate_style() -> None:
    """Add the rules of this page."""
    st.html(STYLE)
