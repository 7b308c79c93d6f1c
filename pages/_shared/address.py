"""The address: it holds the chosen run and the parameters of the current page, no others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

__all__ = [
    "address_of_page",
    "address_of_part",
    "link_number",
    "link_parameter",
    "set_parameter",
    "shown_parameter",
    "take_parameter",
    "takes_setting",
]

WRITTEN = "address_written"  # what this script run has put into the address
LINKED = "address_linked"  # what a link, Back or Forward asks for
REQUESTED = "address_requested"  # the same, until `take_parameter` has returned it
RECENT = "address_recent"  # the last addresses that the browser had or was given
APPLIED = "address_settings"  # the settings that have followed a link; None: there is no link
FOLLOWED = "address_links"  # how many links this session has followed
PARTS = "address_parts"  # by the name of a part of the page: the parameters that it has written
# A browser that is slow sends messages with addresses from before several that are on their way.
MAX_RECENT = 32


@contextmanager
def address_of_page() -> Iterator[None]:
    """Write the parameters that the page inside has given to `set_parameter` into the address.

    They are written once and together, so that one act is one step of the browser's history.
    (history_steps.js merges it with the step of the page's own address.) A script run that is
    stopped writes nothing.
    """
    state = st.session_state
    before = st.query_params.to_dict()
    is_new = _is_back_or_forward() or before not in state.get(RECENT, ())
    state[LINKED] = dict(before) if is_new else {}
    if is_new:
        state[REQUESTED] = dict(before)
        state[APPLIED] = set() if before else None
        state[FOLLOWED] = link_number() + bool(before)
        # From now on the browser sends no older one.
        state[RECENT] = deque([before], MAX_RECENT)
    state[WRITTEN] = {}
    yield
    state[REQUESTED], state[APPLIED] = {}, None
    _write(before)


@contextmanager
def address_of_part(name: str) -> Iterator[None]:
    """Write what a fragment has given to `set_parameter`, also where it runs alone.

    Its parameters of before go. name: another one for each fragment of a page.
    """
    state = st.session_state
    context = get_script_run_ctx()
    if context is not None and context.fragment_ids_this_run:
        before = st.query_params.to_dict()
        own = state.get(PARTS, {}).get(name, ())
        others = {each: text for each, text in state[WRITTEN].items() if each not in own}
        state[WRITTEN] = dict(others)
        yield
        _write(before)
    else:
        others = dict(state[WRITTEN])
        yield
    state.setdefault(PARTS, {})[name] = state[WRITTEN].keys() - others.keys()


def _write(before: dict[str, str]) -> None:
    written = dict(st.session_state[WRITTEN])
    if before != written:
        st.session_state[RECENT].append(written)
        st.query_params.from_dict(written)


def take_parameter(name: str) -> str | None:
    """Return a parameter of a link, Back or Forward, once; None if the app wrote it itself."""
    return st.session_state[REQUESTED].pop(name, None)


def takes_setting(name: str) -> bool:
    """Whether a link, Back or Forward says what this setting is, once.

    It does so also where it does not name it: then the setting is what it is at first.
    """
    followed = st.session_state[APPLIED]
    if followed is None or name in followed:
        return False
    followed.add(name)
    return True


def link_parameter(name: str) -> str | None:
    """Return what a link, Back or Forward asks for, also after `take_parameter`."""
    return st.session_state[LINKED].get(name)


def link_number() -> int:
    """Return how many links, Back and Forward among them, this session has followed by now.

    A component that keeps choices of its own gives them up for the page's when this grows.
    """
    return st.session_state.get(FOLLOWED, 0)


def set_parameter(name: str, value: str) -> None:
    """Put a parameter into the address, for this script run."""
    st.session_state[WRITTEN][name] = value


def shown_parameter(name: str) -> str:
    """Return what this script run has put into the address for a parameter, else ""."""
    return st.session_state[WRITTEN].get(name, "")


def _is_back_or_forward() -> bool:
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
