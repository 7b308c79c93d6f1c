"""The address: it holds the chosen run and the parameters of the current page, no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

__all__ = [
    "address_of_page",
    "link_parameter",
    "set_parameter",
    "shown_parameter",
    "take_parameter",
]

WRITTEN = "address_written"  # what this script run has put into the address
LINKED = "address_linked"  # what a link, Back or Forward asks for
REQUESTED = "address_requested"  # the same, until `take_parameter` has returned it
KNOWN = "address_known"  # the addresses that this app has written: before and after


@contextmanager
def address_of_page() -> Iterator[None]:
    """Write the parameters that the page inside has given to `set_parameter` into the address.

    They are written once and together, so that one act is one step of the browser's history.
    (history_steps.js merges it with the step of the page's own address.) A script run that is
    stopped writes nothing.
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
    """Return a parameter of a link, Back or Forward, once; None if the app wrote it itself."""
    return st.session_state[REQUESTED].pop(name, None)


def link_parameter(name: str) -> str | None:
    """Return what a link, Back or Forward asks for, also after `take_parameter`."""
    return st.session_state[LINKED].get(name)


def set_parameter(name: str, value: str) -> None:
    """Put a parameter into the address, for this script run."""
    st.session_state[WRITTEN][name] = value


def shown_parameter(name: str) -> str:
    """Return what this script run has put into the address for a parameter, else ""."""
    return st.session_state[WRITTEN].get(name, "")


def _is_back_or_forward() -> bool:
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
