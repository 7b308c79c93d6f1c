"""Sweeps: many runs as one job, and what they found over the settings that vary."""

from __future__ import annotations

import streamlit as st

from pages._shared.address import set_parameter, take_parameter, takes_setting
from pages._shared.guard import explained, show_wrong_link
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.server import queue
from pages._shared.stable_position import stable_position
from pages._shared.study_title import data_title
from pages._shared.visitors import visitor
from pages.runs.sweep_board import sweep_board
from pages.runs.sweep_form import sweep_form
from vae.config.settings import setting
from vae.errors import StudyError
from vae.sweeps.study import Sweep
from vae.sweeps.values import values_text

__all__ = ["sweeps_view"]

CHOSEN = "chosen_sweep"


@explained()
def sweeps_view() -> None:
    """Show the sweep that is chosen, and a form for a new one."""
    sweep = _chosen()
    if sweep is None:
        st.markdown(
            "A sweep trains several values of a setting, each with each value of another, and "
            "shows what they do to the result."
        )
        sweep_form(_choose)
        return
    sweep_board(sweep)
    with st.expander("New sweep", icon=":material/add_circle:", expanded=False):
        sweep_form(_choose)


def _chosen() -> Sweep | None:
    """Return the sweep that is shown: that of a link, else the one chosen, else one's newest."""
    studies, state = queue().studies.store, st.session_state
    with stable_position():
        if takes_setting("sweep") and (wanted := take_parameter("sweep")):
            try:
                state[CHOSEN] = studies.open_as(wanted, Sweep).path.name
            except StudyError as error:
                show_wrong_link(f"{error}.")
    own = {sweep.path.name: sweep for sweep in studies.owned_by(visitor(), Sweep)}
    chosen = state.get(CHOSEN)
    if chosen is not None and chosen not in own:
        try:
            own = {chosen: studies.open_as(chosen, Sweep), **own}  # by its link, or damaged
        except StudyError:
            chosen = None
    chosen = chosen or next(iter(own), None)
    if chosen is None:
        return None
    set_parameter("sweep", chosen)
    if len(own) > 1:
        st.selectbox(
            "Your sweep",
            list(own),
            format_func=lambda name: _label(own[name]),
            help="Your sweeps, the newest first. Acts at once.",
            **persistent(CHOSEN, chosen),
        )
    else:
        st.markdown(f"**{plain(_label(own[chosen]))}**")
    return own[chosen]


def _label(sweep: Sweep) -> str:
    """Return a sweep in a few words: data set, what varies, seeds."""
    vary = " · ".join(f"{setting(name).label} {values_text(of)}" for name, of in sweep.grid.items())
    seeds = sweep.settings["seeds"]
    return f"{data_title(sweep)} · {vary} · {seeds} seed{'s' * (seeds != 1)}"


def _choose(sweep: Sweep) -> None:
    st.session_state[CHOSEN] = sweep.path.name
