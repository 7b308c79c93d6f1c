"""Choices that outlive their widgets: a view that is opened again still shows them."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from pages._shared.controlled import controlled_key, user_value

__all__ = ["persistent"]


def persistent(name: str, value: Any) -> dict[str, Any]:
    """Return key and on_change of a widget that shows `value`.

    The user's choice is in st.session_state[name]; the caller says what is valid of it.
    """
    return {
        "key": controlled_key(f"{name}_control", value),
        "on_change": partial(_store_choice, name),
    }


def _store_choice(name: str) -> None:
    st.session_state[name] = user_value(f"{name}_control")
