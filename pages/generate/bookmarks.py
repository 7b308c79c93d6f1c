"""Codes that a visitor has bookmarked: for arithmetic and walks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st

from vae.runs.run import Run

__all__ = ["MAX_BOOKMARKS", "Bookmark", "bookmark_button", "bookmarks", "clear_bookmarks"]

MAX_BOOKMARKS = 12


class Bookmark(NamedTuple):
    """A code (d,) and where it comes from."""

    code: np.ndarray
    name: str


def bookmarks(run: Run) -> list[Bookmark]:
    """Return this visitor's bookmarks of a run, the latest last."""
    return st.session_state.get(_key(run), [])


def bookmark_button(run: Run, code: np.ndarray, name: str) -> None:
    """Show a button that bookmarks a code, and whether it is among the bookmarks."""
    is_bookmarked = any(np.array_equal(each.code, code) for each in bookmarks(run))
    st.button(
        "Kept" if is_bookmarked else "Keep",
        icon=":material/bookmark_added:" if is_bookmarked else ":material/bookmark:",
        help="Keeps this code at hand, for arithmetic and walks.",
        on_click=_add,
        args=(run, code, name),
    )


def _add(run: Run, code: np.ndarray, name: str) -> None:
    """Add a bookmark, or move a known one to the end; of more than twelve the first ones go."""
    others = [each for each in bookmarks(run) if not np.array_equal(each.code, code)]
    st.session_state[_key(run)] = [*others, Bookmark(code.copy(), name)][-MAX_BOOKMARKS:]
    st.toast("Kept: it is there in Arithmetic and Animation.", icon=":material/bookmark:")


def clear_bookmarks(run: Run) -> None:
    """Remove all of them."""
    st.session_state.pop(_key(run), None)


def _key(run: Run) -> str:
    return f"bookmarks-{run.id}"
