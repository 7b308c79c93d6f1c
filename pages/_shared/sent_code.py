"""Codes that come from another page: to a place on the map, to an end of a path."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from vae.runs.run import Run

__all__ = ["SentCode", "code_on_map", "end_of_path", "send_to_map", "send_to_path"]

PAGE = "latent/page.py"


class SentCode(NamedTuple):
    """A code (d,), what it is, and what was picked on the map when it came."""

    code: np.ndarray
    name: str
    before: Any = None


def send_to_map(run: Run, code: np.ndarray) -> NoReturn:
    """Show a code on the map, as if its place had been picked there."""
    before = st.session_state.get(f"map-{run_key(run)}", {}).get("selection")
    st.session_state[f"sent-to-map-{run.id}"] = SentCode(code, "", before)
    _open_view("Map")


def code_on_map(run: Run, selection: Any) -> np.ndarray | None:
    """Return the code that was sent to the map, until something is picked there."""
    sent = st.session_state.get(f"sent-to-map-{run.id}")
    if sent is None or sent.before != selection or len(sent.code) != run.config.latent_dim:
        return None
    return sent.code


def send_to_path(run: Run, code: np.ndarray, name: str, end: str) -> NoReturn:
    """Have a path begin or end at a code; end: path_from or path_to."""
    st.session_state[f"{end}_sample-{run.id}"] = SentCode(code, name)
    st.session_state[f"{end}_sampled"] = True
    st.session_state[f"{end}_drawn"] = False
    _open_view("Path")


def end_of_path(run: Run, end: str) -> SentCode | None:
    """Return what was sent to an end of a path."""
    sent = st.session_state.get(f"{end}_sample-{run.id}")
    return sent if sent is not None and len(sent.code) == run.config.latent_dim else None


def _open_view(view: str) -> NoReturn:
    st.session_state.latent_view = view
    st.switch_page(PAGE)
