"""The figure of growth: seconds an epoch beside the arithmetic work, and memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from benchmarks.growth import IMAGES, Axis, Point

__all__ = ["FIGURE", "draw"]

FIGURE = Path(__file__).parents[1] / "docs" / "performance-growth.svg"
COLORS = {"dense": "#3b82f6", "convolutional": "#e8590c"}
GREY = "#64748b"


def draw(found: Mapping[Axis, Sequence[Point]], path: Path = FIGURE) -> Path:
    """Draw one column for what grows, time above memory; return where the SVG is."""
    titles = list(dict.fromkeys(axis.title for axis in found))
    # The same figures make the same file: ids come from a salt, and no date is in it.
    with mpl.rc_context({"svg.hashsalt": "growth", "font.size": 9}):
        figure = Figure(figsize=(3.0 * len(titles), 5.0), layout="constrained")
        grid = figure.subplots(2, len(titles), squeeze=False, sharey="row")
        figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
        for column, title in enumerate(titles):
            alike = {axis: points for axis, points in found.items() if axis.title == title}
            values = sorted({point.value for points in alike.values() for point in points})
            for axis, points in alike.items():
                _curves(grid[0, column], grid[1, column], axis, points)
            for axes in grid[:, column]:
                _scale(axes, values)
            grid[1, column].set_xlabel(f"{title} (pixels)" if title == "image side" else title)
        grid[0, 0].set(ylabel="seconds an epoch", yscale="log")
        grid[0, 0].yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        highest = max(point.megabytes for points in found.values() for point in points)
        grid[1, 0].set(ylabel="peak memory (MB)", ylim=(0, 1.1 * highest))
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
        figure.suptitle(
            f"{IMAGES:,} images where the number of images is not what grows", color=GREY
        )
        figure.savefig(path, format="svg", metadata={"Date": None})
    return path


def _curves(above: Axes, below: Axes, axis: Axis, points: Sequence[Point]) -> None:
    values, seconds, megabytes, work = zip(*points, strict=True)
    color, name = COLORS[axis.network], axis.network
    above.plot(values, seconds, "o-", color=color, label=f"{name}, measured", markersize=4)
    # Work has no seconds: it is drawn through the last point, and its slope is what counts.
    scaled = [seconds[-1] * each / work[-1] for each in work]
    above.plot(values, scaled, "--", color=color, alpha=0.6, label=f"{name}, its work", lw=1)
    below.plot(values, megabytes, "o-", color=color, markersize=4)


def _scale(axes: Axes, values: Sequence[int]) -> None:
    axes.set_xscale("log")
    axes.set_xticks(values, [f"{value:,}".replace(",000", "k") for value in values])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(color="#e2e8f0", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
