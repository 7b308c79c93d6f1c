"""Pictures for a Plotly chart: of the dot under the pointer, at once; a click picks the dot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

__all__ = ["plot_hover"]

_HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "plot_hover",
    html='<div class="box" hidden><canvas></canvas></div>',
    css=(_HERE / "hover.css").read_text(encoding="utf-8"),
    js=(_HERE / "hover.js").read_text(encoding="utf-8"),
)


def plot_hover(chart: str, tiles: str, *, key: str, on_pick: Callable[[], None]) -> None:
    """Watch the chart with this key, whose dots' customdata are numbers of tiles.

    tiles: the id of their feed (see `latent_map.feed`). on_pick: called when a dot is clicked, with
    {"kind": "image", "index": its number} in the state's `pick`.
    """
    _mount(
        key=key,
        data={"chart": chart, "tiles": tiles},
        default={"pick": None},
        on_pick_change=on_pick,
    )
