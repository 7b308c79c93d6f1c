"""A figure as files for a paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from vae.figures.publication import FigureKind, to_file
from vae.runs.provenance import notes_of
from vae.runs.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["offer_figure", "offer_files"]

MIMES: dict[FigureKind, str] = {
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
}


def offer_figure(run: Run, name: str, make: Callable[[], Figure]) -> None:
    """Show a download button for each format; the figure is made when one is pressed."""
    offer_files(
        name, make, notes_of(run), key=run.id, help="With the run's name and seed in its metadata."
    )


def offer_files(
    name: str,
    make: Callable[[], Figure],
    notes: dict[str, str],
    *,
    key: str,
    help: str = "With the names and seeds of the runs in its metadata.",
) -> None:
    """Show the same for a figure of several runs; notes: what its metadata says."""
    for kind, mime in MIMES.items():
        st.download_button(
            kind.upper(),
            lambda kind=kind: to_file(make(), kind, notes),
            file_name=f"{name.lower().replace(' ', '-')}.{kind}",
            mime=mime,
            icon=":material/download:",
            key=f"{name}-{kind}-{key}",
            on_click="ignore",
            help=help,
        )
