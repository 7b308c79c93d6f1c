"""A button that puts one job into the queue, however often the script runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from pages._shared.once import Once

__all__ = ["press_once", "start_if_pressed"]

Value = TypeVar("Value")


def press_once(name: str) -> None:
    """Note a click on the button of this name: its on_click."""
    press: Once[Any] = Once()
    st.session_state[name] = press


def start_if_pressed(
    name: str,
    prepare: Callable[[], Callable[[], Value]],
    then: Callable[[Value], None] = lambda made: None,
) -> None:
    """Where the button was pressed, start once what it starts, and run the page again.

    prepare: returns what starts it, which must not call Streamlit; reading images may take longer
    than a click waits. then: is given what that returns. Raises what they raise.
    """
    press: Once[Value] | None = st.session_state.get(name)
    if press is None:
        return
    try:
        if press.is_due:
            then(press(prepare()))
    except Exception:  # what stops a script is none: another run takes the press up
        st.session_state.pop(name, None)
        raise
    st.session_state.pop(name, None)
    st.rerun()
