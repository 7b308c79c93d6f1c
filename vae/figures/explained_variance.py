"""How much of the latent means' variance the principal components explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from vae.figures.colors import HUES
from vae.figures.publication import bar_axes
from vae.latent.projections import project_pca
from vae.runs.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["explained_variance", "explained_variance_figure"]

TITLE = "variance kept (%)"
RANGE = (0, 105)
EACH, TOGETHER = "each", "together"


def explained_variance(fractions: np.ndarray) -> go.Figure:
    """Plot the fraction of the variance that each component has (d,), and their sums so far."""
    names, each, together = _series(fractions)
    figure = go.Figure()
    figure.add_bar(x=names, y=each, name=EACH, marker_color=HUES["mean"])
    figure.add_scatter(x=names, y=together, name=TOGETHER, line={"color": HUES["z"], "width": 3})
    figure.update_layout(
        yaxis_title=TITLE,
        yaxis_range=RANGE,
        height=260,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
    )
    return figure


def explained_variance_figure(run: Run) -> Figure:
    """Plot the same for a paper; raises RunError as `vae.latent.projections.project_pca` does."""
    names, each, together = _series(np.asarray(project_pca(run).variance))
    figure, axes = bar_axes(len(names))
    axes.bar(names, each, color=HUES["mean"], label=EACH)
    axes.plot(names, together, color=HUES["z"], label=TOGETHER)
    axes.set(ylabel=TITLE, ylim=RANGE)
    axes.legend(frameon=False)
    return figure


def _series(fractions: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the components' names, their percentages and the sums of these so far."""
    names = [f"PC{index + 1}" for index in range(len(fractions))]
    return names, 100 * fractions, 100 * np.cumsum(fractions)
