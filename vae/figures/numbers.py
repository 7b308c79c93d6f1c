"""The numbers of a chart as columns: for a table beside it, which can be read aloud."""

from __future__ import annotations

import html
from typing import Any

import plotly.graph_objects as go

__all__ = ["chart_columns"]


def chart_columns(figure: go.Figure) -> dict[str, list[Any]]:
    """Return the values of a chart of bars or lines over common categories.

    The first column holds the categories, each other one a series; their names are those of the
    axes and of the legend.
    """
    data: Any = figure.data
    layout: Any = figure.layout
    names = [html.unescape(str(each)) for each in data[0].x]
    columns: dict[str, list[Any]] = {_title(layout.xaxis, "name"): names}
    for series in data:
        columns[series.name or _title(layout.yaxis, "value")] = [float(each) for each in series.y]
    return columns


def _title(axis: Any, instead: str) -> str:
    return axis.title.text or instead
