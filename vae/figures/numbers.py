"""The numbers of a chart as columns: for a table beside it, which can be read aloud."""

from __future__ import annotations

import html
import re
from typing import Any

import plotly.graph_objects as go

__all__ = ["chart_columns"]

TAGS = re.compile(r"</?b>")  # Plotly's: of what stands out


def chart_columns(figure: go.Figure) -> dict[str, list[Any]]:
    """Return the values of a chart of bars or lines over common categories.

    The first column holds the categories, each other one a series; their names are those of the
    axes and of the legend.
    """
    data: Any = figure.data
    layout: Any = figure.layout
    along, across = ("y", "x") if data[0].orientation == "h" else ("x", "y")
    names = [html.unescape(TAGS.sub("", str(each))) for each in data[0][along]]
    columns: dict[str, list[Any]] = {_title(layout[f"{along}axis"], "name"): names}
    for series in data:
        values = [float(value) for value in series[across]]
        columns[series.name or _title(layout[f"{across}axis"], "value")] = values
    return columns


def _title(axis: Any, instead: str) -> str:
    return axis.title.text or instead
