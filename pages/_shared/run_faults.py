"""Says once what of a run's folder cannot be read: all pages show the run without it."""

from __future__ import annotations

import streamlit as st

from pages._shared.plain import plain
from pages._shared.stable_position import stable_position
from vae.runs.run import Run

__all__ = ["show_run_faults"]


def show_run_faults(run: Run | None, name: str = "this run") -> None:
    """Show why files of the run are left out, if any are; name: of one among others."""
    with stable_position():
        if run is not None and (faults := run.faults):
            lines = [f"Part of {plain(name)} cannot be read and is left out.", *map(plain, faults)]
            st.warning("\n- ".join(lines), icon=":material/draft:")
