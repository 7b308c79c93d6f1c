"""Data in, Plotly figure out."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from vae.figures.colors import HUES, class_color
from vae.latent.projections import Projection
from vae.sampling.prior import manifold_ticks
from vae.short_names import shortened

__all__ = [
    "class_counts",
    "cloud",
    "manifold",
    "posterior",
    "variance_kept",
]

GREY = "rgba(128, 128, 128, 0.25)"


def cloud(projection: Projection, class_names: Sequence[str], *, size: float = 4.0) -> go.Figure:
    """Draw test images as points in two dimensions, coloured by class.

    A point's customdata is the index of its test image.
    """
    figure = go.Figure()
    points = projection.points.astype(np.float32)
    for label, name in enumerate(shortened(class_names)):
        chosen = projection.y == label
        figure.add_scattergl(
            x=points[chosen, 0],
            y=points[chosen, 1],
            customdata=projection.indices[chosen],
            name=html.escape(name),  # Plotly reads some HTML, and a run may come from elsewhere
            mode="markers",
            marker={"size": size, "opacity": 0.7, "color": class_color(label)},
            hovertemplate="%{fullData.name}<br>test image %{customdata}<extra></extra>",
        )
    figure.update_layout(
        xaxis_title=projection.axes[0],
        yaxis_title=projection.axes[1],
        # The legend's dots stay readable however small the points are.
        legend={"itemsizing": "constant", "title": None},
        dragmode="pan",
    )
    return _plain(figure, height=460)


def variance_kept(share: np.ndarray) -> go.Figure:
    """Draw how much of the latent means' variance the first principal components keep.

    share: of each (d,), 0 to 1.
    """
    names = [f"PC{place + 1}" for place in range(len(share))]
    figure = go.Figure()
    figure.add_bar(x=names, y=100 * share, name="each", marker_color=HUES["mean"])
    figure.add_scatter(
        x=names, y=100 * np.cumsum(share), name="together", line={"color": HUES["z"], "width": 3}
    )
    figure.update_layout(yaxis_title="variance kept (%)", yaxis_range=[0, 105])
    return _plain(figure, height=260)


def posterior(mean: np.ndarray, log_var: np.ndarray) -> go.Figure:
    """Draw the posterior of one image: each dimension's mean and two standard deviations.

    mean, log_var: (d,).
    """
    names = [f"z{place + 1}" for place in range(len(mean))]
    figure = go.Figure()
    figure.add_hrect(y0=-2, y1=2, fillcolor=GREY, line_width=0)
    figure.add_scatter(
        x=names,
        y=mean,
        mode="markers",
        marker={"size": 10, "color": HUES["mean"]},
        error_y={
            "type": "data",
            "array": 2 * np.exp(0.5 * log_var),
            "color": HUES["log_var"],
            "thickness": 3,
            "width": 6,
        },
        hovertemplate="%{x}: %{y:.2f} ± %{error_y.array:.2f}<extra></extra>",
    )
    figure.update_layout(yaxis_title="mean ± 2 σ", showlegend=False)
    return _plain(figure, height=260)


def class_counts(labels: np.ndarray, class_names: Sequence[str]) -> go.Figure:
    """Draw how many images each class has; labels: (N,)."""
    counts = np.bincount(labels, minlength=len(class_names))
    figure = go.Figure()
    figure.add_bar(
        x=[html.escape(name) for name in shortened(class_names)],
        y=counts,
        marker_color=[class_color(label) for label in range(len(class_names))],
        hovertemplate="%{x}: %{y:,} images<extra></extra>",
    )
    figure.update_layout(
        xaxis={"title": "class", "type": "category"}, yaxis_title="images", showlegend=False
    )
    return _plain(figure, height=300)


def manifold(image: np.ndarray, values: np.ndarray, axes: tuple[str, str]) -> go.Figure:
    """Draw a grid of decoded images (H, W, C) over the quantiles of two latent dimensions."""
    side = len(values)
    height, width, channels = image.shape
    picture = np.repeat(image, 3, axis=2) if channels == 1 else image
    shown, ticks = manifold_ticks(values)  # each at the middle of its tile
    figure = go.Figure(go.Image(z=picture, hoverinfo="skip"))
    figure.update_layout(
        xaxis={
            "title": axes[0],
            "tickvals": (shown + 0.5) * width / side - 0.5,
            "ticktext": ticks,
            "showgrid": False,
        },
        yaxis={
            "title": axes[1],
            "tickvals": (side - shown - 0.5) * height / side - 0.5,
            "ticktext": ticks,
            "showgrid": False,
        },
    )
    return _plain(figure, height=620)


def _plain(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(height=height, margin={"l": 10, "r": 10, "t": 20, "b": 10})
    return figure
