"""One line wherever a loss is shown: what it means beside reference lines and a shipped model."""

from __future__ import annotations

import streamlit as st

from pages._shared.server import store
from pages._shared.stable_position import stable_position
from vae.errors import RunError
from vae.evaluation.comparison import loss_in_comparison
from vae.runs.run import Run

__all__ = ["loss_words", "show_loss_comparison"]


def loss_words(run: Run) -> str:
    """Return the line as Markdown; "" where there is nothing to compare with."""
    try:
        return loss_in_comparison(run, store().list_shipped())
    except RunError:
        return ""  # a damaged file, which the figures beside this line speak of


def show_loss_comparison(run: Run) -> None:
    """Show the line, which is there before the first loss is: nothing moves when that comes."""
    with stable_position():
        if words := loss_words(run):
            st.markdown(words)
