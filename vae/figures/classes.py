"""Bars over classes: how many images each has, what they cost, what a classifier takes them for."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from vae.errors import RunError
from vae.figures.colors import HUES, class_color
from vae.figures.publication import bar_axes, literal
from vae.runs.run import Run
from vae.short_names import shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["class_cost_bars", "class_cost_figure", "class_counts", "digit_counts"]

HEIGHT = 240
COST_TITLES = ("class, the hardest first", "nats per image")


def class_counts(labels: np.ndarray, class_names: Sequence[str]) -> go.Figure:
    """Plot how many images each class has; labels: (N,)."""
    figure = go.Figure()
    figure.add_bar(
        x=[html.escape(name) for name in shortened(class_names)],
        y=np.bincount(labels, minlength=len(class_names)),
        marker_color=[class_color(label) for label in range(len(class_names))],
        hovertemplate="%{x}: %{y:,} images<extra></extra>",
    )
    figure.update_layout(
        xaxis={"title": "class", "type": "category"},
        yaxis_title="images",
        showlegend=False,
        height=300,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
    )
    return figure


def class_cost_bars(nats: Mapping[str, float]) -> go.Figure:
    """Plot what the images of each class cost to reconstruct, in nats per image."""
    names, costs = _hardest_first(nats)
    figure = go.Figure()
    figure.add_bar(
        x=[html.escape(name) for name in names],
        y=costs,
        marker={"color": HUES["reconstruction"]},
        hovertemplate="%{x}: %{y:.1f} nats per image<extra></extra>",
    )
    figure.update_layout(
        xaxis={"title": COST_TITLES[0], "type": "category"},
        yaxis_title=COST_TITLES[1],
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 48},
    )
    return figure


def class_cost_figure(run: Run) -> Figure:
    """Plot the same for a paper, of test images.

    Raises RunError for a run of which that was not measured.
    """
    nats = run.metrics.get("reconstruction_per_class")
    if not nats:
        raise RunError(f"This run has no reconstruction by class. Received: {run.id}, {run.state}")
    names, costs = _hardest_first(nats)
    figure, axes = bar_axes(len(names))
    axes.bar([literal(name) for name in names], costs, color=HUES["reconstruction"])
    axes.set(xlabel=COST_TITLES[0], ylabel=COST_TITLES[1])
    return figure


def digit_counts(counts: Mapping[str, Sequence[int]]) -> go.Figure:
    """Plot how many images of each of two sets the classifier takes for which digit."""
    figure = go.Figure()
    for (name, values), hue in zip(counts.items(), ("z", "loss"), strict=True):
        figure.add_bar(
            x=[str(digit) for digit in range(len(values))],
            y=values,
            name=name,
            marker={"color": HUES[hue]},
            hovertemplate=f"{name}: %{{y:,}} images taken for a %{{x}}<extra></extra>",
        )
    figure.update_layout(
        xaxis={"title": "digit, by the classifier", "type": "category"},
        yaxis_title="images",
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.0, "title": None},
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 32, "b": 48},
    )
    return figure


def _hardest_first(nats: Mapping[str, float]) -> tuple[list[str], list[float]]:
    """Return short names of the classes and their costs, the largest first."""
    named = zip(shortened(tuple(nats)), nats.values(), strict=True)
    ordered = sorted(named, key=lambda each: -each[1])
    return [name for name, _ in ordered], [cost for _, cost in ordered]
