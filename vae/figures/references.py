"""What a run costs per image, among reference lines."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from vae.figures.colors import HUES
from vae.short_names import shortened

__all__ = ["Line", "class_bars", "count_bars", "reference_bars"]

ROW = 34  # pixels
ROOM = 96  # for the axis and the legend
CLASS_HEIGHT = 240


class Line(NamedTuple):
    """name: what it is. reconstruction, kl: nats per image. is_own: whether it is the run's."""

    name: str
    reconstruction: float
    kl: float = 0.0
    is_own: bool = False

    @property
    def total(self) -> float:
        """Nats per image."""
        return self.reconstruction + self.kl


def reference_bars(lines: Sequence[Line]) -> go.Figure:
    """Draw what each line costs, reconstruction and KL one after the other, the best on top."""
    ordered = sorted(lines, key=lambda line: -line.total)
    names = [_label(line) for line in ordered]
    opacity = [1.0 if line.is_own else 0.5 for line in ordered]
    figure = go.Figure()
    for name, key in (("Reconstruction", "reconstruction"), ("KL", "kl")):
        values = [getattr(line, key) for line in ordered]
        figure.add_bar(
            y=names,
            x=values,
            name=name,
            orientation="h",
            marker={"color": HUES[key], "opacity": opacity},
            hovertemplate=f"{name}: %{{x:.2f}} nats per image<extra></extra>",
        )
    for name, line in zip(names, ordered, strict=True):
        figure.add_annotation(
            x=line.total,
            y=name,
            text=f"{line.total:.1f}",
            showarrow=False,
            xanchor="left",
            xshift=4,
        )
    figure.update_layout(
        barmode="stack",
        xaxis_title="nats per image, on test images",
        yaxis={"automargin": True},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.0, "title": None},
        height=ROW * len(ordered) + ROOM,
        margin={"l": 8, "r": 40, "t": 32, "b": 48},
        hovermode="closest",
    )
    return figure


def class_bars(nats: dict[str, float]) -> go.Figure:
    """Draw what the images of each class cost to reconstruct, the hardest class first."""
    short = dict(zip(nats, shortened(tuple(nats)), strict=True))
    ordered = sorted(nats, key=lambda name: -nats[name])
    figure = go.Figure()
    figure.add_bar(
        x=[html.escape(short[name]) for name in ordered],
        y=[nats[name] for name in ordered],
        marker={"color": HUES["reconstruction"]},
        hovertemplate="%{x}: %{y:.1f} nats per image<extra></extra>",
    )
    figure.update_layout(
        xaxis={"title": "class, the hardest first", "type": "category"},
        yaxis_title="nats per image",
        height=CLASS_HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 48},
    )
    return figure


def count_bars(counts: dict[str, list[int]]) -> go.Figure:
    """Draw how many images of each of two sets the classifier takes for which digit."""
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
        height=CLASS_HEIGHT,
        margin={"l": 8, "r": 8, "t": 32, "b": 48},
    )
    return figure


def _label(line: Line) -> str:
    name = html.escape(line.name)
    return f"<b>{name}</b>" if line.is_own else name
