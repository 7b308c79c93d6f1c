"""A worker makes the networks of an imported run; every page waits for them."""

from __future__ import annotations

import streamlit as st

from pages._shared.guard import explained
from pages._shared.server import queue, store
from vae.errors import RunError
from vae.runs.run import Run

__all__ = ["show_pending_networks"]

POLL_SECONDS = 0.5


def show_pending_networks(run: Run | None) -> None:
    """Say that a run's networks are being made, and rerun the page once they are there."""
    if run is not None and _is_pending(run):
        _poll(run.id)


def _is_pending(run: Run) -> bool:
    return not run.has_model and queue().is_pending(run, "export")


@st.fragment(run_every=POLL_SECONDS)
@explained()
def _poll(run_id: str) -> None:
    try:
        pending = _is_pending(store().open(run_id))
    except RunError:  # deleted meanwhile: the page chooses another
        pending = False
    if not pending:
        st.rerun()
    st.caption("The networks of this run are being prepared: their images appear in a few seconds.")
