"""Turns errors that are written for a person into a message on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages._shared.plain import plain
from pages._shared.server_paths import without_paths
from vae.errors import VAEError

__all__ = ["explained", "show_error", "show_wrong_link"]


@contextmanager
def explained() -> Iterator[None]:
    """Show a VAEError as a message; the rest of the page stays.

    A fragment needs its own, inside: its errors do not reach what stands around it.
    """
    try:
        yield
    except VAEError as error:
        show_error(error)


def show_error(error: VAEError | str) -> None:
    """Show what went wrong, to the letter: it may quote what anyone wrote."""
    st.error(plain(without_paths(str(error))), icon=":material/error:")


def show_wrong_link(text: str) -> None:
    """Show what an address asks for that there is not."""
    st.warning(plain(text), icon=":material/link_off:")
