"""What a page keeps of a visitor in the server's memory while that visitor is on it, no longer."""

from __future__ import annotations

from typing import Any

import streamlit as st

__all__ = ["forget_other_pages", "page_memory"]

MEMORY = "page_memory"  # in the session: the page's address, and what it keeps


def page_memory(page: str) -> dict[str, Any]:
    """Return what a page keeps: empty at first, and again once another page was shown."""
    owner, kept = st.session_state.setdefault(MEMORY, (page, {}))
    if owner != page:
        kept = {}
        st.session_state[MEMORY] = page, kept
    return kept


def forget_other_pages(page: str) -> None:
    """Free what another page than this one keeps."""
    if st.session_state.get(MEMORY, (page,))[0] != page:
        del st.session_state[MEMORY]
