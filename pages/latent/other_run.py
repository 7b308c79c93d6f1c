"""The run beside the chosen one: it is in the address bar too."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from pages._shared.address import set_parameter
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.run_picker import follow_address, label, visible_runs
from pages._shared.server import store
from pages._shared.stable_position import stable_position
from pages._shared.visitors import visitor
from vae.evaluation.comparison import of_one_kind
from vae.runs.layout import LATENTS
from vae.runs.run import Run

__all__ = ["choose_other"]


def choose_other(run: Run) -> Run | None:
    """Show which run to compare with and return it, or say that there is none.

    The choice stays when the chosen run changes, unless both would be the same.
    """
    owner, state = visitor(), st.session_state
    there = {
        each.id: each for each in visible_runs(store().list(), owner, state.get("chosen_with"))
    }
    follow_address("with", there, instead=" Compared with instead: the run below.")
    others = {each.id: each for each in there.values() if each.id != run.id and _is_ready(each)}
    chosen: str = state.get("chosen_with", "")
    requested = there.get(chosen)
    with stable_position():
        if requested is not None and not _is_ready(requested):
            st.info(f"There is no model to compare with yet: {plain(label(requested, owner))}.")
    if not others:
        st.info("To compare, there must be another run with a model: train one on the Train page.")
        return None
    other = others.get(chosen) or _best_comparison(run, others.values())
    st.selectbox(
        "Compare with",
        list(others),
        format_func=lambda run_id: label(others[run_id], owner),
        help="Any other run that has a model. Acts at once, and the link remembers it.",
        **persistent("chosen_with", other.id),
    )
    set_parameter("with", other.id)
    return other


def _is_ready(run: Run) -> bool:
    return run.has_model and (run.path / LATENTS).is_file()


def _best_comparison(run: Run, others: Iterable[Run]) -> Run:
    """Return the first of those on the same data set, of the other kind where there is one."""
    return min(
        others,
        key=lambda other: (other.dataset != run.dataset, of_one_kind(other, run)),
    )
