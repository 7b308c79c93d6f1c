"""What a run costs per image, among reference lines."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import plotly.graph_objects as go

from vae.figures.colors import HUES
from vae.figures.publication import INCHES, literal, new_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Line", "reference_bars", "reference_figure"]

ROW = 34  # pixels
ROW_INCHES = 0.3
ROOM = 96  # for the axis and the legend
PARTS = {"reconstruction": "Reconstruction", "kl": "KL"}
TITLE = "nats per image, on test images"


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

    @property
    def text(self) -> str:
        """The total as it stands at the end of its bar."""
        return f"{self.total:.1f}"


def reference_bars(lines: Sequence[Line]) -> go.Figure:
    """Plot what each line costs, reconstruction and KL one after the other, the best on top."""
    ordered = _best_last(lines)
    names = [_label(line) for line in ordered]
    opacity = [1.0 if line.is_own else 0.5 for line in ordered]
    figure = go.Figure()
    for part, title in PARTS.items():
        figure.add_bar(
            y=names,
            x=[getattr(line, part) for line in ordered],
            name=title,
            orientation="h",
            marker={"color": HUES[part], "opacity": opacity},
            hovertemplate=f"{title}: %{{x:.2f}} nats per image<extra></extra>",
        )
    for name, line in zip(names, ordered, strict=True):
        figure.add_annotation(
            x=line.total, y=name, text=line.text, showarrow=False, xanchor="left", xshift=4
        )
    figure.update_layout(
        barmode="stack",
        xaxis_title=TITLE,
        yaxis={"automargin": True},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.0, "title": None},
        height=ROW * len(ordered) + ROOM,
        margin={"l": 8, "r": 40, "t": 32, "b": 48},
        hovermode="closest",
    )
    return figure


def reference_figure(lines: Sequence[Line]) -> Figure:
    """Plot the same for a paper, where no line stands out."""
    ordered = _best_last(lines)
    names = [literal(line.name) for line in ordered]
    figure, axes = new_axes(1.3 * INCHES, 1.0 + ROW_INCHES * len(ordered))
    bars, ends = [], np.zeros(len(ordered))
    for part, title in PARTS.items():
        widths = np.array([getattr(line, part) for line in ordered])
        bars.append(axes.barh(names, widths, left=ends, color=HUES[part], label=title))
        ends = ends + widths
    axes.bar_label(bars[-1], [line.text for line in ordered], padding=3)
    axes.margins(x=0.12)
    axes.set(xlabel=TITLE)
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return figure


def _best_last(lines: Sequence[Line]) -> list[Line]:
    """Return the lines in the order of their bars, which go upwards."""
    return sorted(lines, key=lambda line: -line.total)


def _label(line: Line) -> str:
    name = html.escape(line.name)
    return f"<b>{name}</b>" if line.is_own else name
