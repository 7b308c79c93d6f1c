"""The same figures for papers and notebooks, in Matplotlib: they save as PDF, SVG or PNG."""

from __future__ import annotations

import io
from typing import Any, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from vae.errors import RunError
from vae.figures.colors import HUES, class_color
from vae.figures.curves import QUANTITIES, curve_points
from vae.images import tile
from vae.latent.projections import best_projection
from vae.runs.provenance import one_line
from vae.runs.run import Run
from vae.sampling.prior import manifold_codes, manifold_ticks

__all__ = [
    "FigureKind",
    "clusters_figure",
    "curves_figure",
    "grid_figure",
    "manifold_figure",
    "to_file",
]

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
    points = curve_points(run.rows, run.steps_per_epoch)
    figure = Figure(figsize=(3 * 3.2, 2.6), layout="constrained")
    for axes, (quantity, title) in zip(figure.subplots(1, 3), QUANTITIES.items(), strict=True):
        for part, style in (("training", "-"), ("validation", "--")):
            columns = points[part]
            if columns["epoch"]:
                marker = "o" if len(columns["epoch"]) == 1 else ""  # a line needs two
                style_of = {"color": HUES[quantity], "label": part, "marker": marker}
                axes.plot(columns["epoch"], columns[quantity], style, **style_of)
        axes.set(title=title, xlabel="epoch", ylabel="nats per image")
        axes.legend(frameon=False)
    return figure


def clusters_figure(run: Run) -> Figure:
    """Draw the test images' codes in two dimensions, coloured by class: t-SNE where it is there.

    Raises RunError while a run has no latents.
    """
    projection = best_projection(run)
    if projection is None:
        raise RunError(f"This run has no latent means yet. Received: {run.id}, {run.state}")
    figure = Figure(figsize=(INCHES, 0.8 * INCHES), layout="constrained")
    axes = figure.subplots()
    for label, name in enumerate(run.short_class_names):
        points = projection.points[projection.y == label]
        # As dots of one picture: of 10,000 shapes a PDF is slow.
        axes.scatter(
            *points[:, :2].T, s=5, alpha=0.7, linewidths=0, rasterized=True,
            color=class_color(label), label=name.replace("$", r"\$"),
        )  # fmt: skip
    axes.set(xlabel=projection.axes[0], ylabel=projection.axes[1])
    axes.legend(frameon=False, markerscale=3, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def manifold_figure(run: Run, across: int = 0, up: int = 1, side: int = 20) -> Figure:
    """Show decoded images over equal quantiles of two latent dimensions, the first is 0.

    Raises RunError for a run with one dimension.
    """
    dims = run.config.latent_dim
    if dims < 2:
        raise RunError(f"A manifold needs two latent dimensions. Received: {dims}, in {run.id}")
    codes, values = manifold_codes(side, dims, across, up)
    image = tile(run.decode(codes), side, side)
    figure = Figure(
        figsize=(INCHES, INCHES * image.shape[0] / image.shape[1]), layout="constrained"
    )
    axes = figure.subplots()
    axes.imshow(image[:, :, 0] if image.shape[2] == 1 else image, cmap="gray", vmin=0, vmax=255)
    shown, ticks = manifold_ticks(values)
    height, width = (pixels / side for pixels in image.shape[:2])
    axes.set_xticks((shown + 0.5) * width - 0.5, ticks)
    axes.set_yticks((side - shown - 0.5) * height - 0.5, ticks)
    axes.set(xlabel=f"z{across + 1}", ylabel=f"z{up + 1}")
    return figure


def to_file(figure: Figure, kind: FigureKind, notes: dict[str, str]) -> bytes:
    """Return a figure as a file whose metadata holds the notes; the same figure, the same bytes.

    notes: as `vae.runs.provenance.notes_of` makes them.
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
