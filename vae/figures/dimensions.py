"""What each latent dimension carries: its KL, and the variance of its posterior means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from vae.figures.colors import HUES
from vae.figures.publication import bar_axes
from vae.latent.traversals import Dimension, ranked_dimensions
from vae.runs.run import Run
from vae.statistics import ACTIVE_VARIANCE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["kl_bars", "kl_figure", "variance_bars"]

DEAD = ("#808080", 0.55)
MIN_VARIANCE = ACTIVE_VARIANCE / 100  # what a logarithmic axis shows of a dimension without any
DIMENSION_TITLE = "latent dimension"
KL_TITLE = "KL (nats per image)"


def kl_bars(ranked: Sequence[Dimension]) -> go.Figure:
    """Plot each dimension's KL in nats per image; those that are not in use are grey."""
    figure = _bars(ranked, [each.kl for each in ranked], HUES["kl"], "%{y:.3f} nats")
    figure.update_layout(yaxis={"title": KL_TITLE, "range": _kl_range(ranked)})
    return figure


def kl_figure(run: Run) -> Figure:
    """Plot the same for a paper, the dimension that carries most first.

    Raises RunError while a run has no latents.
    """
    ranked = ranked_dimensions(run)
    figure, axes = bar_axes(len(ranked))
    heights = [each.kl for each in ranked]
    axes.bar(_names(ranked), heights, color=_colors(ranked, HUES["kl"]))
    axes.set(xlabel=DIMENSION_TITLE, ylabel=KL_TITLE, ylim=_kl_range(ranked))
    return figure


def variance_bars(ranked: Sequence[Dimension]) -> go.Figure:
    """Plot the variance of each dimension's posterior means beside the threshold of use."""
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


def _bars(ranked: Sequence[Dimension], heights: Sequence[float], hue: str, hover: str) -> go.Figure:
    colors, opacities = zip(*_colors(ranked, hue), strict=True)
    figure = go.Figure()
    figure.add_bar(
        x=_names(ranked),
        y=heights,
        marker={"color": colors, "opacity": opacities},
        hovertemplate=f"%{{x}}: {hover}<extra></extra>",
    )
    figure.update_layout(
        xaxis={"title": DIMENSION_TITLE, "type": "category"},
        showlegend=False,
        height=300,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
    )
    return figure


def _names(ranked: Sequence[Dimension]) -> list[str]:
    return [f"z{each.index + 1}" for each in ranked]


def _colors(ranked: Sequence[Dimension], hue: str) -> list[tuple[str, float]]:
    """Return each bar's colour and opacity."""
    return [(hue, 1.0) if each.is_active else DEAD for each in ranked]


def _kl_range(ranked: Sequence[Dimension]) -> tuple[float, float]:
    return 0.0, 1.05 * max(each.kl for each in ranked) or 1.0
