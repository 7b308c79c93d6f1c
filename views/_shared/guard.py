"""Turns errors that are written for a person into a message on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from vae.errors import VAEError

__all__ = ["explained"]


@contextmanager
def explained() -> Iterator[None]:
    """Show a VAEError as a message; the rest of the page stays.

    A fragment needs its own, inside: its errors do not reach what stands around it.
    """
    try:
        yield
    except VAEError as error:
        st.error(str(error), icon=":material/error:")
