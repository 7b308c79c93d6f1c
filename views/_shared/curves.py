"""The three curves of a run: loss, reconstruction, KL."""

from __future__ import annotations

import streamlit as st

from vae.figures import curve
from vae.runs import Run

__all__ = ["show_curves"]


def show_curves(run: Run, *, stacked: bool = False) -> None:
    """Draw loss, reconstruction and KL, side by side or stacked, in nats per image."""
    if not run.rows:
        st.caption("The curves begin with the first steps.")
        return
    columns = [st.container() for _ in range(3)] if stacked else st.columns(3)
    quantities = ("loss", "reconstruction", "kl")
    for column, quantity in zip(columns, quantities, strict=True):
        with column:
            # A key of its own keeps the chart's node, and with it the zoom, while data change.
            st.altair_chart(
                curve(run.rows, quantity, small=stacked),
                width="stretch",
                key=f"curve-{run.id}-{quantity}",
            )
