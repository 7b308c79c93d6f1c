"""A Plotly chart on a page: a finger over it scrolls the page, a table has its numbers.

Its text follows the size of the page's (see CHART_STYLE), and so does its height.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages._shared.guard import explained
from pages._shared.plain import plain
from vae.figures.numbers import chart_columns

__all__ = ["CHART_STYLE", "show_chart", "show_still_chart"]

HEIGHTS = (180, 260, 300)  # pixels of a figure, where text has 16
# Plotly measures labels where they are drawn and in #js-plotly-tester: with the same size in both
# it leaves them the room that they need.
CHART_STYLE = """
.js-plotly-plot text, #js-plotly-tester text { font-size: 0.875rem !important; }
""" + "".join(
    f'[data-testid="stLayoutWrapper"]:has(> [class*="st-key-height-{height}-"]) '
    f"{{ flex: none !important; height: {height / 16:g}rem !important; }}\n"
    for height in HEIGHTS
)


def show_chart(figure: go.Figure, *, key: str) -> None:
    """Show a chart of bars or lines, and behind a button the table of its numbers."""
    show_still_chart(figure, key=key)
    _offer_numbers(figure, key)


@st.fragment  # of its own: the table is made when it is opened, and nothing else with it
@explained()
def _offer_numbers(figure: go.Figure, key: str) -> None:
    with st.popover(
        "Numbers of this chart",
        type="tertiary",
        icon=":material/table:",
        key=f"numbers-{key}",
        on_change="rerun",
    ) as numbers:
        if numbers.open:
            columns = chart_columns(figure).items()
            table = pd.DataFrame(
                {plain(name): [_text(value) for value in values] for name, values in columns}
            )
            st.table(table, hide_index=True, border="horizontal")


def _text(value: str | float) -> str:
    if isinstance(value, str):
        return plain(value)  # a table shows Markdown
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"


def show_still_chart(figure: go.Figure, *, key: str) -> None:
    """Show a chart of two axes whose ranges stay: a drag or a wheel over it scrolls the page.

    The figure's height is one of HEIGHTS.
    """
    layout: Any = figure.layout
    height = layout.height
    figure.update_layout(dragmode=False, height=None)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    with st.container(height=height, border=False, key=f"height-{height}-{key}"):
        st.plotly_chart(figure, key=key, height="stretch", config={"displayModeBar": False})
