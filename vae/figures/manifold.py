"""Decoded images over equal quantiles of two latent dimensions, with z values on the axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from vae.errors import RunError
from vae.figures.publication import INCHES, new_axes
from vae.images import tile
from vae.runs.run import Run
from vae.sampling.prior import manifold_codes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["manifold", "manifold_figure"]

MAX_TICKS = 8  # of an axis


def manifold(image: np.ndarray, values: np.ndarray, axes: tuple[str, str]) -> go.Figure:
    """Show a grid of decoded images (H, W, C).

    values: as `manifold_codes` returns them. axes: the names of the two dimensions.
    """
    picture = np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image
    (across, up), texts = _ticks(image, values)
    figure = go.Figure(go.Image(z=picture, hoverinfo="skip"))
    figure.update_layout(
        xaxis={"title": axes[0], "tickvals": across, "ticktext": texts, "showgrid": False},
        yaxis={"title": axes[1], "tickvals": up, "ticktext": texts, "showgrid": False},
        height=620,
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
    )
    return figure


def manifold_figure(run: Run, across: int = 0, up: int = 1, side: int = 20) -> Figure:
    """Show a grid of side x side for a paper, over two latent dimensions; the first is 0.

    Raises RunError for a run with one dimension.
    """
    dims = run.config.latent_dim
    if dims < 2:
        raise RunError(f"A manifold needs two latent dimensions. Received: {dims}, in {run.id}")
    codes, values = manifold_codes(side, dims, across, up)
    image = tile(run.decode(codes), side, side)
    height, width, channels = image.shape
    figure, axes = new_axes(INCHES, INCHES * height / width)
    axes.imshow(image[:, :, 0] if channels == 1 else image, cmap="gray", vmin=0, vmax=255)
    (x, y), texts = _ticks(image, values)
    axes.set_xticks(x, texts)
    axes.set_yticks(y, texts)
    axes.set(xlabel=f"z{across + 1}", ylabel=f"z{up + 1}")
    return figure


def _ticks(
    image: np.ndarray, values: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], list[str]]:
    """Return the pixels across and down at which ticks are, and the z values that they show.

    At the middle of their tiles, equally far apart, at most 8 of an axis.
    """
    side = len(values)
    step = -(-side // MAX_TICKS)
    tiles = np.arange((side - 1) % step // 2, side, step)
    height, width = (pixels / side for pixels in image.shape[:2])
    # The picture's rows go down, the axis up.
    positions = (tiles + 0.5) * width - 0.5, (side - tiles - 0.5) * height - 0.5
    return positions, [f"{round(float(values[tile]), 1) + 0.0:.1f}" for tile in tiles]  # no "-0.0"
