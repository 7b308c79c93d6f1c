"""The model card of a run that ships, as docs/models.md has it."""

from __future__ import annotations

import streamlit as st

from vae.runs.run import Run
from vae.shipped.card import model_card

__all__ = ["show_model_card"]


def show_model_card(run: Run) -> None:
    """Show the card, folded; nothing for a run of a visitor's own."""
    if run.shipped:
        with st.expander("Model card", icon=":material/id_card:"):
            st.markdown(model_card(run))
