"""Bars for papers and notebooks, in Matplotlib: dimensions, classes, reference lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vae.errors import RunError
from vae.figures.colors import HUES
from vae.figures.references import Line
from vae.latent.projections import project_pca
from vae.latent.traversals import ranked_dimensions
from vae.runs.run import Run

__all__ = ["classes_figure", "dimensions_figure", "lines_figure", "variance_figure"]

INCHES = 5.0
HEIGHT = 2.6
BAR_INCHES = 0.3  # at least, beside or below each other


def dimensions_figure(run: Run) -> Figure:
    """Draw each latent dimension's mean KL in nats per image, the one that carries most first.

    Raises RunError while a run has no latents.
    """
    ranked = ranked_dimensions(run)
    figure, axes = _wide(len(ranked))
    names = [f"z{each.place + 1}" for each in ranked]
    axes.bar(names, [each.kl for each in ranked], color=HUES["kl"])
    axes.set(ylabel="KL (nats per image)")
    return figure


def classes_figure(run: Run) -> Figure:
    """Draw what test images of each class cost to reconstruct, in nats, the hardest class first.

    Raises RunError for a run of which that was not measured.
    """
    nats = run.metrics.get("reconstruction_per_class")
    if not nats:
        raise RunError(f"This run has no reconstruction by class. Received: {run.id}, {run.state}")
    ordered = sorted(nats, key=lambda name: -nats[name])
    figure, axes = _wide(len(ordered))
    names = [name.replace("$", r"\$") for name in ordered]  # else Matplotlib reads a formula
    axes.bar(names, [nats[name] for name in ordered], color=HUES["reconstruction"])
    axes.set(xlabel="class", ylabel="nats per image")
    return figure


def variance_figure(run: Run) -> Figure:
    """Draw how much of the latent means' variance the principal components keep.

    Raises RunError as `vae.latent.projections.project_pca` does.
    """
    share = np.asarray(project_pca(run).variance)
    figure, axes = _wide(len(share))
    names = [f"PC{place + 1}" for place in range(len(share))]
    axes.bar(names, 100 * share, color=HUES["mean"], label="each")
    axes.plot(names, 100 * np.cumsum(share), color=HUES["z"], label="together")
    axes.set(ylabel="variance kept (%)", ylim=(0, 105))
    axes.legend(frameon=False)
    return figure


def lines_figure(lines: Sequence[Line]) -> Figure:
    """Draw what each line costs, reconstruction and KL one after the other, the best on top."""
    ordered = sorted(lines, key=lambda line: -line.total)
    figure = Figure(figsize=(1.3 * INCHES, 1.0 + BAR_INCHES * len(ordered)), layout="constrained")
    axes = figure.subplots()
    names = [line.name.replace("$", r"\$") for line in ordered]
    first = np.array([line.reconstruction for line in ordered])
    axes.barh(names, first, color=HUES["reconstruction"], label="reconstruction")
    bars = axes.barh(names, [line.kl for line in ordered], left=first, color=HUES["kl"], label="KL")
    axes.bar_label(bars, [f"{line.total:.1f}" for line in ordered], padding=3)
    axes.margins(x=0.12)
    axes.set(xlabel="nats per image, on test images")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 1.15), ncols=2)
    return figure


def _wide(bars: int) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(max(INCHES, BAR_INCHES * bars), HEIGHT), layout="constrained")
    return figure, figure.subplots()
