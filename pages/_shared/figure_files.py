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

__all__ = ["offer_figure"]

MIMES: dict[FigureKind, str] = {
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
}


def offer_figure(run: Run, name: str, make: Callable[[], Figure]) -> None:
    """Show a download button for each format; the figure is made when one is pressed."""
    for kind, mime in MIMES.items():
        st.download_button(
            kind.upper(),
            lambda kind=kind: to_file(make(), kind, notes_of(run)),
            file_name=f"{name.lower().replace(' ', '-')}.{kind}",
            mime=mime,
            icon=":material/download:",
            key=f"{name}-{kind}-{run.id}",
            on_click="ignore",
            help="With the run's name and seed in its metadata.",
        )
