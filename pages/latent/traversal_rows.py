"""Strips of decoded images, one a row, each with its name before it, or above it on a phone.

`latent_style` has the rules for .traversal: on a phone, all rows scroll sideways together.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from pages._components.data_url import as_data_url
from vae.images import tile, to_png
from vae.latent.traversals import REACH

__all__ = ["Row", "show_rows"]

ROW = "display:flex;flex-wrap:wrap;align-items:center;gap:2px 12px"
NAME = "white-space:nowrap;font-size:0.86rem;line-height:1.3;flex:0 0 "
NAME_WIDTHS = "7.2rem", "9.4rem"  # the second where some are unused
FEW = 6  # rows, for which there is room for the names above the strips
REST = "flex:1 1 17rem;position:relative"  # together with the name too wide for a phone
PICTURE = "display:block;width:100%;image-rendering:pixelated;border-radius:4px;background:#000"
FADED = "opacity:0.4;filter:grayscale(1)"
# Thin lines between the images, which may reach to their edges.
SEAMS = (
    "position:absolute;inset:0;clip-path:inset(0 2px 0 0);pointer-events:none;"
    "background:repeating-linear-gradient(90deg,"
    "transparent 0 calc(100%/var(--steps) - 1px),rgb(128 128 128/60%) 0 calc(100%/var(--steps)))"
)
MARKER = (
    "position:absolute;top:-2px;bottom:-2px;width:3px;margin-left:-1.5px;border-radius:2px;"
    "background:#14b8a6;box-shadow:0 0 0 1px #fff"
)


class Row(NamedTuple):
    """One dimension: its name, what it carries, whether it is in use, its strip (N, H, W, C).

    marker: the value, from -3 to 3, that is marked on it; beyond, the end is.
    """

    name: str
    figure: str
    is_active: bool
    strip: np.ndarray
    marker: float | None = None


def show_rows(rows: Sequence[Row]) -> None:
    """Show the rows aligned, and below them the values from -3 to 3 that each goes through."""
    width = "100%" if len(rows) <= FEW else NAME_WIDTHS[any(not row.is_active for row in rows)]
    style = NAME + width
    ends = "".join(f"<span>{value}</span>" for value in (f"−{REACH:.0f}", 0, f"{REACH:.0f}"))
    axis = (
        f'<div style="{ROW}" class="axis"><span style="{style}"></span><div style="{REST}">'
        '<div style="display:flex;justify-content:space-between;padding:0 3%;font-size:0.8rem;'
        f'opacity:0.75">{ends}</div></div></div>'
    )
    body = "".join(_row(row, style) for row in rows)
    st.html(
        '<div class="traversal" style="display:grid;gap:0.4rem" role="group" tabindex="0" '
        f'aria-label="Decoded images of each dimension">{body}{axis}</div>'
    )


def _row(row: Row, style: str) -> str:
    state, faded = ("", "") if row.is_active else (" · unused", f";{FADED}")
    name = f"<b>{html.escape(row.name)}</b> · {html.escape(row.figure)}{state}"
    dim = "" if row.is_active else ";opacity:0.65"
    alt = f"{html.escape(row.name)} from −3 to 3{state}"
    marker = ""
    if row.marker is not None:
        # The first tile's middle is -3, the last one's 3.
        fraction = (row.marker / REACH + 1) / 2
        left = f"calc(100% * (0.5 + {fraction:.4f} * (var(--steps) - 1)) / var(--steps))"
        marker = f'<i style="{MARKER};left:clamp(0%, {left}, 100%)"></i>'
    address = as_data_url(to_png(tile(row.strip, 1, len(row.strip))))
    return (
        f'<div style="{ROW}"><span style="{style}{dim}">{name}</span><div style="{REST}">'
        f'<img alt="{alt}" style="{PICTURE}{faded}" src="{address}">'
        f'<i style="{SEAMS}"></i>{marker}</div></div>'
    )
