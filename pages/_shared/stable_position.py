"""Messages and controls that come and go, without moving what follows them."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

__all__ = ["stable_position"]


def stable_position(width: Literal["stretch", "content"] = "stretch") -> DeltaGenerator:
    """Return a container for what is shown in some script runs only.

    Streamlit tells elements apart by their position in the page. When one comes or goes, all that
    follow it move, and until the script run has ended the browser shows each of them twice: where
    it was, and where it is. An empty container counts as a position and takes no space.
    """
    return st.container(width=width)
