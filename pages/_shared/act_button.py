"""A button that acts on a run or a study: all of them look and are keyed alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

__all__ = ["act_button"]


def act_button(
    name: str, words: str, icon: str, act: Callable[[], None], help: str, *,
    disabled: bool = False, primary: bool = False, width: Literal["content", "stretch"] = "content",
) -> None:  # fmt: skip
    """Show a button of the run or study of this name, one for each icon.

    act: called before the next drawing, of this fragment or, at the same moment, of the page.
    """
    st.button(
        words,
        icon=f":material/{icon}:",
        key=f"{icon}-{name}",
        type="primary" if primary else "secondary",
        disabled=disabled,
        width=width,
        help=help,
        on_click=act,
    )
