"""A reliability diagram: how often a classifier is right, by how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from vae.figures.colors import HUES
from vae.model.calibration import Bin

__all__ = ["reliability_diagram"]

HEIGHT = 380  # pixels


def reliability_diagram(bins: Sequence[Bin]) -> go.Figure:
    """Plot the accuracy of each bin over its confidence, and where both are equal.

    DeGroot & Fienberg 1983; Guo et al. 2017, figure 1. Bins without images have no bar.
    """
    some = [each for each in bins if each.images]
    bars = {
        "type": "bar",
        "name": "right",
        "x": [100 * (each.low + each.high) / 2 for each in some],
        "y": [100 * each.accuracy for each in some],
        "width": [100 * (each.high - each.low) for each in some],
        "marker": {"color": HUES["accuracy"], "opacity": 0.45},
        "hovertemplate": "about %{x:.0f} % sure: %{y:.1f} % right<extra></extra>",
    }
    equal = {
        "type": "scatter",
        "name": "as often right as it is sure",
        "x": [0, 100],
        "y": [0, 100],
        "mode": "lines",
        "line": {"color": HUES["loss"], "width": 2},
        "hoverinfo": "skip",
    }
    axis = {"range": [0, 100], "nticks": 6, "fixedrange": True, "zeroline": False}
    layout = {
        "height": HEIGHT,
        "margin": {"l": 56, "r": 16, "t": 16, "b": 48},
        "bargap": 0.05,
        "xaxis": axis | {"title": {"text": "how sure it is, %"}, "showgrid": False},
        "yaxis": axis | {"title": {"text": "right, % of these images"}},
    }
    return go.Figure({"data": [bars, equal], "layout": layout})
