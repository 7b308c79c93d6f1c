"""How curves of several runs look on each other: colors, and the figure for a paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vae.figures.colors import class_color
from vae.figures.overlay import Axis, OverlayChoice, Panel
from vae.figures.publication import literal, new_figure
from vae.runs.seed_groups import RunGroup

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["AXIS_TITLES", "group_style", "overlay_data", "overlay_figure"]

SOLID = 4  # groups whose line is not dashed: who tells no colors apart still tells these in two
BAND = 0.2  # opacity of a standard deviation
PANEL_INCHES = (3.2, 2.6)
MAX_COLUMNS = 3
AXIS_TITLES: dict[Axis, str] = {
    "epochs": "epoch", "steps": "step", "seconds": "seconds of training",
}  # fmt: skip


def group_style(index: int) -> dict[str, Any]:
    """Return the color of a group, and whether its line is dashed."""
    return {"color": class_color(index), "dashed": index >= SOLID}


def overlay_data(
    groups: Sequence[RunGroup], panels: Sequence[Panel], choice: OverlayChoice
) -> dict[str, Any]:
    """Return groups and panels as the page's component draws them."""
    return {
        "axis": AXIS_TITLES[choice.axis],
        "isLog": choice.is_log,
        "groups": [
            {"label": group.label, **group_style(index)} for index, group in enumerate(groups)
        ],
        "panels": [
            {
                **{"quantity": panel.quantity, "title": panel.title, "unit": panel.unit},
                **{"low": panel.low, "high": panel.high},
                "curves": [
                    {
                        **{"group": curve.group, "x": curve.x.tolist(), "y": curve.mean.tolist()},
                        "spread": None if curve.spread is None else curve.spread.tolist(),
                    }
                    for curve in panel.curves
                ],
            }
            for panel in panels
        ],
    }


def overlay_figure(
    groups: Sequence[RunGroup], panels: Sequence[Panel], choice: OverlayChoice
) -> Figure:
    """Plot each quantity in a panel of its own, with one legend for all of them below.

    Bands are one standard deviation over the seeds to each side of the mean.
    """
    rows = max(1, math.ceil(len(panels) / MAX_COLUMNS))
    columns = max(1, math.ceil(len(panels) / rows))
    figure = new_figure(columns * PANEL_INCHES[0], rows * PANEL_INCHES[1])
    handles: dict[int, Any] = {}
    cells = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, panel in zip(cells, panels, strict=False):
        for curve in panel.curves:
            style = group_style(curve.group)
            look: dict[str, Any] = {"color": style["color"], "ls": "--" if style["dashed"] else "-"}
            marker = "o" if len(curve.x) == 1 else ""  # a line needs two
            (line,) = axes.plot(curve.x, curve.mean, marker=marker, **look)
            handles.setdefault(curve.group, line)
            if curve.spread is not None:
                low, high = curve.mean - curve.spread, curve.mean + curve.spread
                axes.fill_between(curve.x, low, high, color=look["color"], alpha=BAND, lw=0)
        axes.set(title=panel.title, xlabel=AXIS_TITLES[choice.axis], ylabel=panel.unit)
        axes.set(yscale="log" if choice.is_log else "linear", ylim=(panel.low, panel.high))
    for axes in cells[len(panels) :]:
        axes.set_axis_off()
    shown = sorted(handles)
    figure.legend(
        [handles[index] for index in shown],
        [literal(groups[index].label) for index in shown],
        **{"loc": "outside lower center", "ncols": 2, "frameon": False},
    )
    return figure
