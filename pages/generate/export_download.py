"""A button that makes a file when it is pressed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

__all__ = ["offer_download"]


def offer_download(
    label: str, content: Callable[[], bytes], name: str, mime: str, words: str
) -> None:
    """Show a button for a file; words: its help."""
    st.download_button(
        label,
        content,
        file_name=name,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        help=words,
    )
