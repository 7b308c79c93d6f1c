"""What a latent space is made of, as Plotly figures: its dimensions, its points in space."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from vae.figures.colors import HUES, class_color
from vae.latent.projections import Projection
from vae.latent.traversals import Dimension
from vae.short_names import shortened
from vae.statistics import ACTIVE_VARIANCE

__all__ = ["cloud3d", "kl_bars", "variance_bars"]

DEAD = "rgba(128, 128, 128, 0.55)"
CAMERA = {"eye": {"x": 1.32, "y": 1.32, "z": 0.7}, "center": {"x": 0, "y": 0, "z": -0.18}}
MIN_VARIANCE = ACTIVE_VARIANCE / 100  # what a logarithmic axis shows of a dimension without any


def kl_bars(ranked: Sequence[Dimension]) -> go.Figure:
    """Draw each dimension's KL in nats per image; those that are not in use are grey."""
    figure = _bars(ranked, [each.kl for each in ranked], HUES["kl"], "%{y:.3f} nats")
    most = max(each.kl for each in ranked)
    figure.update_layout(yaxis={"title": "KL (nats per image)", "range": [0, 1.05 * most or 1.0]})
    return figure


def variance_bars(ranked: Sequence[Dimension]) -> go.Figure:
    """Draw the variance of each dimension's posterior means beside the threshold of use."""
    heights = [max(each.variance, MIN_VARIANCE) for each in ranked]
    figure = _bars(ranked, heights, HUES["mean"], "variance %{y:.3g}")
    figure.add_hline(
        ACTIVE_VARIANCE, line={"dash": "dot", "width": 2, "color": HUES["z"]}, opacity=0.9
    )
    ends = [math.log10(MIN_VARIANCE), math.log10(2 * max(heights))]
    figure.update_layout(
        yaxis={"title": "variance of the means", "type": "log", "dtick": 1, "range": ends}
    )
    return figure


def cloud3d(
    projection: Projection,
    class_names: Sequence[str],
    *,
    size: float = 3.0,
    opacity: float = 0.7,
) -> go.Figure:
    """Draw test images as points (N, 3) in space, coloured by class.

    A point's customdata is the index of its test image.
    """
    figure = go.Figure()
    for label, name in enumerate(shortened(class_names)):
        chosen = projection.y == label
        if not chosen.any():
            continue
        name = html.escape(name)  # Plotly reads some HTML, and a run may come from elsewhere
        figure.add_scatter3d(
            **dict(zip("xyz", projection.points[chosen].astype(np.float32).T, strict=True)),
            customdata=projection.indices[chosen],
            name=name,
            mode="markers",
            marker={"size": size, "opacity": opacity, "color": class_color(label)},
            hovertemplate="%{fullData.name}<br>test image %{customdata}<extra></extra>",
        )
    names = zip(("xaxis", "yaxis", "zaxis"), projection.axes, strict=True)
    figure.update_layout(
        scene={axis: {"title": name, "showbackground": False} for axis, name in names}
        | {"aspectmode": "data", "dragmode": "orbit", "camera": CAMERA},
        # The legend's dots stay readable however small the points are.
        legend={"itemsizing": "constant", "title": None, "orientation": "h"},
        height=560,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
    )
    return figure


def _bars(ranked: Sequence[Dimension], heights: Sequence[float], hue: str, hover: str) -> go.Figure:
    figure = go.Figure()
    figure.add_bar(
        x=[f"z{each.place + 1}" for each in ranked],
        y=heights,
        marker_color=[hue if each.is_active else DEAD for each in ranked],
        hovertemplate=f"%{{x}}: {hover}<extra></extra>",
    )
    figure.update_layout(
        xaxis={"title": "latent dimension", "type": "category"},
        showlegend=False,
        height=300,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
    )
    return figure
