"""Turns errors that are written for a person into a message on the page."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages._shared.plain import plain
from pages._shared.server_paths import without_paths
from vae.errors import VAEError

__all__ = ["explained", "show_error", "show_unexpected", "show_wrong_link"]


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


def show_unexpected(error: Exception) -> bool:
    """Show an error that no page has explained, for `st.App`; returns True: it is shown.

    The page gets a sentence and a reference, the server's log the reference and the traceback.
    """
    if isinstance(error, VAEError):  # such as one of a callback, which runs before any page
        show_error(error)
        return True
    reference = secrets.token_hex(4)
    # Streamlit has logged it too. In one record, since others may be written at the same moment.
    logging.getLogger(__name__).error("Reference %s", reference, exc_info=error)
    show_error(
        "Something went wrong that this page cannot explain. The server's log has the details "
        f"under the reference {reference}."
    )
    return True


def show_wrong_link(text: str) -> None:
    """Show what an address asks for that there is not."""
    st.warning(plain(without_paths(text)), icon=":material/link_off:")
