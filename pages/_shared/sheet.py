"""A sheet: on a phone what was picked with a finger opens over the lower half of the screen."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

__all__ = ["SHEET_STYLE", "open_sheet", "sheet"]

OPEN = "open_sheet"  # in the session: the name of the one that is open
SHEET_STYLE = """<style>
.st-key-close-sheet { display: none; }
@media (max-width: 640px) {
    .stVerticalBlock[class*="st-key-sheet-"] {
        position: fixed;
        inset: auto 0 0;
        z-index: 1000;
        max-height: 55dvh;
        overflow-y: auto;
        padding: 0.5rem 1rem 1rem;
        background: light-dark(#ffffff, #111827);
        border-top: 1px solid light-dark(#dbe2ea, #374151);
        box-shadow: 0 -0.5rem 1.5rem rgb(0 0 0 / 25%);
        .st-key-close-sheet { display: block; }
    }
}
</style>"""


def open_sheet(name: str) -> None:
    """Have what was picked stand in a sheet, until it is closed or another one is opened."""
    st.session_state[OPEN] = name


def sheet(name: str) -> DeltaGenerator:
    """Return the container of what is picked: a sheet where it is open, on a phone."""
    if st.session_state.get(OPEN) != name:
        return st.container(key=f"picked-{name}")
    opened = st.container(key=f"sheet-{name}", gap="small")
    opened.html(SHEET_STYLE)
    opened.button(
        "Close", icon=":material/close:", key="close-sheet", type="tertiary", on_click=_close
    )
    return opened


def _close() -> None:
    st.session_state.pop(OPEN, None)
