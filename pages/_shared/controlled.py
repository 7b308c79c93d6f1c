"""Widgets whose value the app changes too: by a button elsewhere, or in another tab."""

from __future__ import annotations

from typing import Any

import streamlit as st

__all__ = ["accept", "controlled_key", "is_unread", "typed_text", "user_value"]

# In the session, by a widget's name: the value of each of its keys, by how often the app had
# changed it. The last one is shown.
MEMORY = "controlled"
MAX_KEYS = 4  # of one widget that a browser may still show, while newer ones are on their way


def controlled_key(name: str, value: Any) -> str:
    """Return the key of a widget that shows `value`; its on_change has to call `user_value`.

    A browser sends the values of all widgets with each message. One that was sent before the app
    changed a widget would change it back, as if by the user: so each change gives it a new key.
    """
    known = st.session_state.setdefault(MEMORY, {}).setdefault(name, {0: value})
    changes = max(known)
    if known[changes] != value:
        # Streamlit will forget the widget, and then only knows what was stored here.
        st.session_state[_key(name, changes)] = known[changes]
        changes += 1
        known[changes] = value
        known.pop(changes - MAX_KEYS, None)
    key = _key(name, changes)
    # In each script run: the first one may never have reached the browser.
    st.session_state[key] = value
    return key


def user_value(name: str) -> Any:
    """Return what the user chose on the widget of this name."""
    changes, value = _newest(name)
    _remember(name, changes, value)
    return value


def typed_text(name: str) -> str:
    """Return what the user typed into the field of this name, until `accept` says it was read."""
    return _newest(name)[1]


def accept(name: str, text: str) -> None:
    """Show what the user typed, perhaps in another spelling; the key of the field stays.

    What the browser still sends in the first spelling has to mean the same.
    """
    _remember(name, _newest(name)[0], text)


def is_unread(name: str) -> bool:
    """Whether a field holds what was typed and not accepted.

    A message that comes while a callback runs, as a click does right after Enter, stops it where it
    next calls Streamlit. Streamlit takes the text for read and does not call it again.
    """
    known = st.session_state.get(MEMORY, {}).get(name)
    if known is None:
        return False
    changes, value = _newest(name)
    return value != known[changes]


def _newest(name: str) -> tuple[int, Any]:
    """Return which of a widget's keys the user changed last, and to what; else the shown one.

    It is an older one where the app's value was still on its way to the browser. What was sent
    without a change there is the value that this key had.
    """
    known = st.session_state[MEMORY][name]
    for changes in sorted(known, reverse=True):
        value = st.session_state.get(_key(name, changes), known[changes])
        if value != known[changes]:
            return changes, value
    return max(known), known[max(known)]


def _remember(name: str, changes: int, value: Any) -> None:
    st.session_state[MEMORY][name][changes] = value
    st.session_state[_key(name, changes)] = value


def _key(name: str, changes: int) -> str:
    return f"{name}-{changes}" if changes else name
