"""The top of a page: its title, the words that it uses, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages._shared.address import shown_parameter
from pages._shared.glossary import show_words

__all__ = ["page_header"]


@contextmanager
def page_header(title: str, page: str) -> Iterator[None]:
    """Show the title; inside, the page shows what stands at the other end of the row.

    page: its folder. The button with the words comes after the choice of the view inside, since
    each view has its own.
    """
    row = {"horizontal": True, "vertical_alignment": "bottom"}
    with st.container(**row, horizontal_alignment="distribute"):
        with st.container(**row, width="content"):
            st.title(title, width="content")
            words = st.container(width="content")
        yield
    with words:
        show_words(page, shown_parameter("view"))
