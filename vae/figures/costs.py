"""What an image costs a model, among what the test images cost it."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from vae.evaluation.image_costs import Costs
from vae.figures.colors import HUES

__all__ = ["costs_beside"]

BINS = 40
USUAL = (0.2, 99.8)  # percent of the test images between the ends of the histogram
MAX_BEYOND = 0.3  # of that span: an image that costs more is shown at the edge
MIN_BEYOND = 0.08
HEIGHT = 180  # pixels
GAP = 0.08  # of the width, between the two


def costs_beside(usual: Costs, own: Costs, with_kl: bool) -> go.Figure:
    """Plot the test images' nats as histograms and a line where one's own image lies.

    usual: of N images; own: of one. with_kl: whether the model has one, as an autoencoder has not.
    """
    parts = [("Reconstruction", HUES["reconstruction"], usual.reconstruction, own.reconstruction)]
    if with_kl:
        parts.append(("KL", HUES["kl"], usual.kl, own.kl))
    wide = (1.0 - GAP * (len(parts) - 1)) / len(parts)
    data: list[dict[str, Any]] = []
    layout: dict[str, Any] = {"annotations": []}
    for index, (title, hue, others, (value,)) in enumerate(parts):
        name = str(index + 1) if index else ""
        left = index * (wide + GAP)
        bars, line, axis, height = _part(hue, np.asarray(others, float), float(value))
        axes = {"xaxis": f"x{name}", "yaxis": f"y{name}"}
        data += [bars | axes, line | axes]
        layout[f"xaxis{name}"] = axis | {"domain": [left, left + wide], "anchor": f"y{name}"}
        layout[f"yaxis{name}"] = {
            "visible": False, "range": [0.0, 1.1 * height], "fixedrange": True, "anchor": f"x{name}"
        }  # fmt: skip
        # Above the number on the line, wherever that stands.
        layout["annotations"].append({
            "text": title, "showarrow": False, "font": {"size": 14}, "yshift": 16,
            "x": left + wide / 2, "xref": "paper", "xanchor": "center",
            "y": 1.0, "yref": "paper", "yanchor": "bottom",
        })  # fmt: skip
    margin = {"l": 8, "r": 8, "t": 48, "b": 48}
    layout |= {"height": HEIGHT, "margin": margin, "showlegend": False, "bargap": 0.05}
    # In one go: with calls that add and update it takes 70 ms, and a pen waits for it.
    return go.Figure({"data": data, "layout": layout})


def _part(
    hue: str, others: np.ndarray, value: float
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], float]:
    """Return the histogram, the line, the axis of nats and how high the histogram is."""
    low, high = (float(each) for each in np.percentile(others, USUAL))
    span = max(high - low, 1e-6)
    counts, edges = np.histogram(others, bins=BINS, range=(low, low + span))
    height = float(counts.max())
    # The axis does not depend on one's own image: from drawing to drawing the line alone moves.
    ends = low - MIN_BEYOND * span, low + (1.0 + MAX_BEYOND) * span
    shown = float(np.clip(value, *ends))
    bars = {
        "type": "bar",
        "x": (edges[:-1] + edges[1:]) / 2,
        "y": counts,
        "width": np.diff(edges),
        "marker": {"color": hue, "opacity": 0.35},
        "hovertemplate": "about %{x:.0f} nats: %{y} test images<extra></extra>",
    }
    line = {
        "type": "scatter",
        "x": [shown, shown],
        "y": [0.0, 1.05 * height],
        "mode": "lines+text",
        "line": {"color": hue, "width": 4},
        "text": ["", f"{value:,.0f} →" if value > shown else f"{value:,.0f}"],
        "textposition": "top left" if value > shown else "top center",
        "textfont": {"size": 14},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    axis = {
        "title": {"text": "nats per image", "standoff": 6},
        "range": [ends[0] - 0.04 * span, ends[1] + 0.04 * span],
        "nticks": 5,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }
    return bars, line, axis, height
