"""The address: it names the chosen run and what the page puts there, and nothing of other pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

__all__ = ["address_of_page", "link_parameter", "set_parameter", "take_parameter"]

WRITTEN = "address_written"  # what this script run has put into the address
LINKED = "address_linked"  # what a person asks for by the address
REQUESTED = "address_requested"  # the same, until it is taken over
KNOWN = "address_known"  # what a browser sends where nobody touched it: as it was, as it became


@contextmanager
def address_of_page() -> Iterator[None]:
    """Write into the address what the page inside has put there with `set_parameter`.

    It is written once and as a whole: so one act is one step of the browser's history. (That the
    page's own address counts as the same step is up to history_steps.js.) A run of the script that
    is broken off writes nothing.
    """
    state = st.session_state
    before = st.query_params.to_dict()
    known = state.get(KNOWN, ())
    is_new = _is_back_or_forward() or before not in known
    state[LINKED] = dict(before) if is_new else {}
    if is_new:
        state[REQUESTED] = before
    state[KNOWN] = before, *known[-1:]
    state[WRITTEN] = {}
    yield
    state[REQUESTED] = {}
    # A message that was sent before the browser got this one still has the address as it was.
    state[KNOWN] = before, state[WRITTEN]
    if before != state[WRITTEN]:
        st.query_params.from_dict(state[WRITTEN])


def take_parameter(name: str) -> str | None:
    """Return what a link, Back or Forward asks for, once; None where the app itself wrote it."""
    return st.session_state[REQUESTED].pop(name, None)


def link_parameter(name: str) -> str | None:
    """Return what a link, Back or Forward asks for, also after `take_parameter`."""
    return st.session_state[LINKED].get(name)


def set_parameter(name: str, value: str) -> None:
    """Have the address hold this; it goes when a run of the script does not say so again."""
    st.session_state[WRITTEN][name] = value


def _is_back_or_forward() -> bool:
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
