"""A Plotly chart on a page: a finger over it scrolls the page, a table has its numbers."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages._shared.plain import plain
from vae.figures.numbers import chart_columns

__all__ = ["show_chart", "show_still_chart"]


def show_chart(figure: go.Figure, *, key: str) -> None:
    """Show a chart of bars or lines, and behind a button the table of its numbers."""
    show_still_chart(figure, key=key)
    with st.popover("Numbers of this chart", type="tertiary", icon=":material/table:"):
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
    """Show a chart of two axes whose ranges stay: a drag or a wheel over it scrolls the page."""
    figure.update_layout(dragmode=False)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False})
