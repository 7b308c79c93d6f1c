"""The same figures for papers and notebooks, in Matplotlib: they save as PDF, SVG or PNG."""

from __future__ import annotations

import io
from typing import Any, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from vae.colors import HUES
from vae.curves import QUANTITIES, curve_points
from vae.export_images import one_line
from vae.runs import Run

__all__ = ["FigureKind", "curves_figure", "grid_figure", "to_file"]

FigureKind = Literal["pdf", "svg", "png"]
INCHES = 5.0
DOTS_PER_INCH = 300  # of a PNG


def grid_figure(grid: np.ndarray) -> Figure:
    """Show a grid of images (H, W, C), uint8, without axes; greys are the pixels' own."""
    height, width, channels = grid.shape
    figure = Figure(figsize=(INCHES, INCHES * height / width))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.imshow(
        grid[:, :, 0] if channels == 1 else grid, cmap="gray", vmin=0, vmax=255, aspect="auto"
    )
    axes.axis("off")
    return figure


def curves_figure(run: Run) -> Figure:
    """Draw loss, reconstruction and KL over the epochs, in nats per image."""
    points = curve_points(run.rows)
    figure = Figure(figsize=(3 * 3.2, 2.6), layout="constrained")
    for axes, (quantity, title) in zip(figure.subplots(1, 3), QUANTITIES.items(), strict=True):
        for part, style in (("training", "-"), ("validation", "--")):
            columns = points[part]
            if columns["epoch"]:
                axes.plot(
                    columns["epoch"], columns[quantity], style, color=HUES[quantity], label=part
                )
        axes.set(title=title, xlabel="epoch", ylabel="nats per image")
        axes.legend(frameon=False)
    return figure


def to_file(figure: Figure, kind: FigureKind, notes: dict[str, str]) -> bytes:
    """Return a figure as a file whose metadata holds the notes; the same figure, the same bytes.

    notes: as `vae.export_images.notes_of` makes them.
    """
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
