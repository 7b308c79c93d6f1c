"""What figures for papers and notebooks share: their size, their files, and a bare grid of images.

Each subject's own is in its file, beside the page's. Matplotlib is imported where a figure is made:
pages, which import those files, do without its 0.7 seconds and 48 MB until somebody asks for one.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from vae.runs.provenance import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "INCHES",
    "FigureKind",
    "bar_axes",
    "grid_figure",
    "literal",
    "new_axes",
    "new_figure",
    "to_file",
]

FigureKind = Literal["pdf", "svg", "png"]
INCHES = 5.0  # the width of a figure
BAR_INCHES = 0.42  # of bars beside each other, at least: room for a name such as PC24
BARS_HEIGHT = 2.6  # inches
DOTS_PER_INCH = 300  # of a PNG


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of so many inches, which leaves room for titles and legends."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def new_axes(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure of so many inches and its only axes."""
    figure = new_figure(width, height)
    return figure, figure.subplots()


def bar_axes(count: int) -> tuple[Figure, Axes]:
    """Return a figure and its only axes, wide enough for so many bars beside each other."""
    return new_axes(max(INCHES, BAR_INCHES * count), BARS_HEIGHT)


def literal(name: str) -> str:
    """Return a name as Matplotlib shows it as it is: else it reads a formula between dollars."""
    return name.replace("$", r"\$")


def grid_figure(grid: np.ndarray) -> Figure:
    """Show a grid of images (H, W, C), uint8, without axes; greys are the pixels' own."""
    from matplotlib.figure import Figure

    height, width, channels = grid.shape
    figure = Figure(figsize=(INCHES, INCHES * height / width))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.imshow(
        grid[:, :, 0] if channels == 1 else grid, cmap="gray", vmin=0, vmax=255, aspect="auto"
    )
    axes.axis("off")
    return figure


def to_file(figure: Figure, kind: FigureKind, notes: dict[str, str]) -> bytes:
    """Return a figure as a file whose metadata holds the notes; the same figure, the same bytes.

    notes: as `vae.runs.provenance.notes_of` makes them.
    """
    from matplotlib import rc_context

    # Each format has names of its own, and a date, which would make every file another.
    metadata: dict[str, Any] = {
        "pdf": {"Subject": one_line(notes), "CreationDate": None},
        "svg": {"Description": one_line(notes), "Date": None},
        "png": notes,
    }[kind]
    buffer = io.BytesIO()
    with rc_context({"svg.hashsalt": "vae"}):
        figure.savefig(buffer, format=kind, dpi=DOTS_PER_INCH, metadata=metadata)
    return buffer.getvalue()
