"""Does augmentation help? Accuracy over the number of images a class, a line a method."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import plotly.graph_objects as go

from vae.augmentation.methods import ALL_LABELS, METHODS, MethodName
from vae.augmentation.summary import Cell
from vae.figures.publication import new_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["METHOD_COLORS", "augmentation_chart", "augmentation_figure"]

# With a contrast of at least 3:1 on white and on the dark theme's background.
METHOD_COLORS: dict[MethodName, str] = {
    "real": "#64748b",
    "classical": "#3b82f6",
    "vae": "#e8590c",
    "class_vaes": "#b38600",
    "gan": "#8b5cf6",
    "classical_vae": "#d6409f",
    "all": "#0d9488",
}
HEIGHT = 420  # pixels
SPREAD = 1.035  # between two methods' points at one number of images, so that bars lie side by side
X_TITLE, Y_TITLE = "labelled images a class", "test accuracy, %"


class _Line(NamedTuple):
    """A method's points in percent, and how far their intervals reach: nowhere for one seed."""

    method: MethodName
    x: list[float]
    numbers: list[int]
    y: list[float]
    below: list[float]
    above: list[float]


def augmentation_chart(cells: Sequence[Cell]) -> go.Figure:
    """Plot the mean accuracy and its 95 % interval over seeds; a dashed line for all labels."""
    data: list[dict[str, Any]] = []
    for line in _lines(cells):
        hue = METHOD_COLORS[line.method]
        data.append({
            "type": "scatter",
            "name": METHODS[line.method].title,
            "x": line.x,
            "y": line.y,
            "customdata": [
                [number, y - below, y + above]
                for number, y, below, above in zip(
                    line.numbers, line.y, line.below, line.above, strict=True
                )
            ],
            "mode": "lines+markers",
            "line": {"color": hue, "width": 2},
            "marker": {"color": hue, "size": 7},
            "error_y": {
                "type": "data", "symmetric": False, "array": line.above, "arrayminus": line.below,
                "color": hue, "thickness": 1.5,
            },
            "hovertemplate": "%{y:.1f} % (%{customdata[1]:.1f} to %{customdata[2]:.1f}), "
            "%{customdata[0]} images a class",
        })  # fmt: skip
    numbers = sorted({cell.per_class for cell in cells} - {ALL_LABELS})
    if (upper := _upper(cells)) is not None and numbers:
        data.append({
            "type": "scatter",
            "name": METHODS["all"].title,
            "x": [numbers[0] / SPREAD**4, numbers[-1] * SPREAD**4],
            "y": [upper, upper],
            "mode": "lines",
            "line": {"color": METHOD_COLORS["all"], "width": 2, "dash": "dash"},
            "hovertemplate": "%{y:.1f} %",
        })  # fmt: skip
    layout: dict[str, Any] = {
        "height": HEIGHT,
        "margin": {"l": 56, "r": 16, "t": 16, "b": 48},
        "dragmode": False,
        "legend": {"orientation": "h", "y": -0.2},
        "xaxis": {
            "title": {"text": X_TITLE},
            "type": "log",
            "tickvals": numbers,
            "ticktext": [str(number) for number in numbers],
            "fixedrange": True,
            "zeroline": False,
        },
        "yaxis": {"title": {"text": Y_TITLE}, "fixedrange": True, "zeroline": False},
    }
    return go.Figure({"data": data, "layout": layout})


def augmentation_figure(cells: Sequence[Cell], title: str = "") -> Figure:
    """Plot the same for papers."""
    figure, axes = new_axes(5.6, 3.8)
    for line in _lines(cells):
        axes.errorbar(
            line.x,
            line.y,
            yerr=(line.below, line.above),
            color=METHOD_COLORS[line.method],
            label=METHODS[line.method].title,
            marker="o",
            markersize=3.5,
            linewidth=1.3,
            capsize=2.0,
        )
    if (upper := _upper(cells)) is not None:
        color = METHOD_COLORS["all"]
        axes.axhline(upper, color=color, linestyle="--", label=METHODS["all"].title)
    numbers = sorted({cell.per_class for cell in cells} - {ALL_LABELS})
    axes.set_xscale("log")
    axes.set_xticks(numbers, [str(number) for number in numbers])
    axes.minorticks_off()
    axes.set(title=title, xlabel=X_TITLE, ylabel=Y_TITLE)
    if cells:
        axes.legend(frameon=False, fontsize="small")
    return figure


def _lines(cells: Iterable[Cell]) -> list[_Line]:
    """Return the methods' lines, without that of all labels."""
    found: dict[MethodName, list[Cell]] = {}
    for cell in cells:
        if cell.per_class != ALL_LABELS:
            found.setdefault(cell.method, []).append(cell)
    methods: list[MethodName] = [name for name in METHODS if name in found]
    middle = (len(methods) - 1) / 2
    return [
        _Line(
            method,
            [cell.per_class * SPREAD ** (index - middle) for cell in found[method]],
            [cell.per_class for cell in found[method]],
            [100.0 * cell.accuracy.mean for cell in found[method]],
            [_reach(cell.accuracy.mean - cell.accuracy.low) for cell in found[method]],
            [_reach(cell.accuracy.high - cell.accuracy.mean) for cell in found[method]],
        )
        for index, method in enumerate(methods)
    ]


def _reach(fraction: float) -> float:
    """Return how many percent an interval reaches to a side; 0 where it is not known."""
    return 0.0 if math.isnan(fraction) else 100.0 * fraction


def _upper(cells: Iterable[Cell]) -> float | None:
    """Return the accuracy of all labels in percent, None without."""
    for cell in cells:
        if cell.per_class == ALL_LABELS:
            return 100.0 * cell.accuracy.mean
    return None
