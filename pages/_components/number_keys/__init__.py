"""Arrow keys that step the fields for numbers, and the keyboard of digits for them on a phone."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

__all__ = ["number_keys"]

_mount = st.components.v2.component(
    "number_keys",
    html="<span></span>",
    js=(Path(__file__).parent / "keys.js").read_text(encoding="utf-8"),
)


def number_keys() -> None:
    """Have all number fields of the app listen, from now on."""
    _mount(key="number_keys", height=0)
