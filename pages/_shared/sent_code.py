"""Codes that come from another page: to a place on the map, to an end of a path."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

import numpy as np
import streamlit as st

from vae.runs.run import Run

__all__ = [
    "SentCode",
    "end_of_path",
    "picked_on_map",
    "send_to_map",
    "send_to_path",
    "set_end_of_path",
]

PAGE = "latent/page.py"


class SentCode(NamedTuple):
    """A code (d,), and what it is."""

    code: np.ndarray
    name: str


def picked_on_map(run: Run) -> str:
    """Return where the session holds what is picked on a run's map."""
    return f"picked-{run.id}"


def send_to_map(run: Run, code: np.ndarray) -> NoReturn:
    """Show a code on the map, as if its place had been picked there."""
    st.session_state[picked_on_map(run)] = {"kind": "code", "code": code.tolist()}
    _open_view("Map")


def send_to_path(run: Run, code: np.ndarray, name: str, end: str) -> NoReturn:
    """Have a path begin or end at a code; end: path_from or path_to."""
    set_end_of_path(run, code, name, end)
    _open_view("Path")


def set_end_of_path(run: Run, code: np.ndarray, name: str, end: str) -> None:
    """Have a path begin or end at a code (d,), from now on; name: what it is."""
    st.session_state[f"{end}_sample-{run.id}"] = SentCode(code, name)
    st.session_state[f"{end}_sampled"] = True
    st.session_state[f"{end}_drawn"] = False


def end_of_path(run: Run, end: str) -> SentCode | None:
    """Return what was sent to an end of a path."""
    sent = st.session_state.get(f"{end}_sample-{run.id}")
    return sent if sent is not None and len(sent.code) == run.config.latent_dim else None


def _open_view(view: str) -> NoReturn:
    st.session_state.latent_view = view
    st.switch_page(PAGE)
