"""Widgets whose value the app changes too: by a button elsewhere, or in another tab."""

from __future__ import annotations

from typing import Any

import streamlit as st

__all__ = ["accept", "controlled_key", "is_unread", "typed_text", "user_value"]

MEMORY = "controlled"  # by a widget's name: its value, and how often the app changed it


def controlled_key(name: str, value: Any) -> str:
    """Return the key of a widget that shows `value`; its on_change has to call `user_value`.

    A browser sends the values of all widgets with each message. One that was sent before the app
    changed a widget would change it back, as if by the user: so each change gives it a new key.
    """
    memory = st.session_state.setdefault(MEMORY, {})
    shown, moves = memory.get(name, (value, 0))
    moves += shown != value
    memory[name] = value, moves
    key = _key(name, moves)
    # In each script run: the first one may never have reached the browser.
    st.session_state[key] = value
    return key


def user_value(name: str) -> Any:
    """Return what the user chose on the widget of this name."""
    memory = st.session_state[MEMORY]
    _, moves = memory[name]
    value = st.session_state[_key(name, moves)]
    memory[name] = value, moves
    return value


def typed_text(name: str) -> str:
    """Return what the user typed into the field of this name, until `accept` says it was read."""
    _, moves = st.session_state[MEMORY][name]
    return st.session_state[_key(name, moves)]


def accept(name: str, text: str) -> None:
    """Show what the user typed, perhaps in another spelling; the key of the field stays.

    What the browser still sends in the first spelling has to mean the same.
    """
    memory = st.session_state[MEMORY]
    _, moves = memory[name]
    st.session_state[_key(name, moves)] = text
    memory[name] = text, moves


def is_unread(name: str) -> bool:
    """Whether a field holds what was typed and not accepted.

    A message that comes while a callback runs, as a click does right after Enter, stops it where it
    next calls Streamlit. Streamlit takes the text for read and does not call it again.
    """
    shown, moves = st.session_state.get(MEMORY, {}).get(name, (None, 0))
    return shown is not None and st.session_state.get(_key(name, moves), shown) != shown


def _key(name: str, moves: int) -> str:
    return f"{name}-{moves}" if moves else name
