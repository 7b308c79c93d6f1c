"""Sweeps: many runs as one job, and what they found over the settings that vary."""

from __future__ import annotations

import streamlit as st

from pages._shared.guard import explained
from pages._shared.plain import plain
from pages._shared.study_choice import choose_study
from pages._shared.study_title import data_title
from pages.runs.sweep_board import sweep_board
from pages.runs.sweep_form import sweep_form
from vae.config.settings import setting
from vae.sweeps.study import Sweep
from vae.sweeps.values import values_text

__all__ = ["sweeps_view"]

CHOSEN = "chosen_sweep"


@explained()
def sweeps_view() -> None:
    """Show the sweep that is chosen, and a form for a new one."""
    sweep = choose_study(Sweep, "sweep", CHOSEN, _label)
    if sweep is None:
        st.markdown(
            "A sweep trains several values of a setting, each with each value of another, and "
            "shows what they do to the result."
        )
        sweep_form(_choose)
        return
    st.markdown(f"**{plain(_label(sweep))}**")
    sweep_board(sweep)
    with st.expander("New sweep", icon=":material/add_circle:", expanded=False):
        sweep_form(_choose)


def _label(sweep: Sweep) -> str:
    """Return a sweep in a few words: data set, what varies, seeds."""
    vary = " · ".join(f"{setting(name).label} {values_text(of)}" for name, of in sweep.grid.items())
    seeds = sweep.settings["seeds"]
    return f"{data_title(sweep)} · {vary} · {seeds} seed{'s' * (seeds != 1)}"


def _choose(sweep: Sweep) -> None:
    st.session_state[CHOSEN] = sweep.path.name
