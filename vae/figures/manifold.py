"""Decoded images over equal quantiles of two latent dimensions, with z values on the axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae.errors import RunError
from vae.figures.publication import INCHES, new_axes
from vae.images import tile
from vae.runs.run import Run
from vae.sampling.prior import manifold_codes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["manifold_figure", "manifold_ticks"]

MAX_TICKS = 8  # of an axis


def manifold_ticks(values: np.ndarray) -> list[tuple[float, str]]:
    """Return where along an axis ticks are, from 0 to 1, and the z values that they show.

    values: as `manifold_codes` returns them. Ticks stand at the middle of their tiles, equally far
    apart, at most 8 of an axis.
    """
    side = len(values)
    step = -(-side // MAX_TICKS)
    tiles = range((side - 1) % step // 2, side, step)
    return [((each + 0.5) / side, _text(values[each])) for each in tiles]


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
    ticks, texts = zip(*manifold_ticks(values), strict=True)
    positions = np.array(ticks)
    axes.set_xticks(positions * width - 0.5, texts)
    axes.set_yticks((1.0 - positions) * height - 0.5, texts)  # rows go down, the axis up
    axes.set(xlabel=f"z{across + 1}", ylabel=f"z{up + 1}")
    return figure


def _text(value: float) -> str:
    return f"{round(float(value), 1) + 0.0:.1f}"  # no "-0.0"
