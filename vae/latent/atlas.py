"""An atlas: a part of a plane, decoded tile by tile into one picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae.images import tile, to_uint8
from vae.latent.planes import Extent, Plane

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = ["MAX_PIXELS", "SIDE", "Atlas", "decode_atlas", "preview"]

# Tiles across and up. Of the recommended model 64 would take the error from 0.15 to 0.12 grey
# levels, most of which is rounding, for 1.7 times the bytes.
SIDE = 48
MAX_PIXELS = 2048  # of the picture's longer side: what a phone still takes as one texture
PROBES = 100  # random points at which a preview is compared with the exact decoding


@dataclass(frozen=True)
class Atlas:
    """Decoded images of a grid over a plane.

    image: uint8 (rows * H, columns * W, C), the top row first; each tile shows the decoding of its
    centre. error: the mean absolute difference, in grey levels of 255, between a preview that is
    blended from four tiles and the exact decoding.
    """

    image: np.ndarray
    columns: int
    rows: int
    extent: Extent
    error: float


def decode_atlas(run: Run, plane: Plane, extent: Extent, side: int = SIDE) -> Atlas:
    """Decode a grid over a part of a plane.

    As many tiles as fit into 2,048 pixels, at most side x side; a line has a single row. Raises
    RunError as `Run.decode` does.
    """
    height, width, _ = run.image_shape
    side = max(1, min(side, MAX_PIXELS // max(height, width)))
    rows = 1 if plane.is_line else side
    tiles = to_uint8(run.decode(plane.codes(extent.grid(side, rows))))
    random = np.random.default_rng(0)
    low, high = (np.array(extent)[[0, 2]], np.array(extent)[[1, 3]])
    # Within the centres of the outermost tiles, where there are four to blend.
    inset = 0.5 * (high - low) / (side, rows)
    points = random.uniform(low + inset, high - inset, size=(PROBES, 2))
    exact = to_uint8(run.decode(plane.codes(points))).astype(float)
    blended = preview(tiles.reshape(rows, side, *tiles.shape[1:]), extent, points)
    error = float(np.abs(blended - exact).mean())
    return Atlas(tile(tiles, rows, side), side, rows, extent, error)


def preview(tiles: np.ndarray, extent: Extent, points: np.ndarray) -> np.ndarray:
    """Blend tiles (rows, columns, H, W, C) at points (N, 2), as the browser does -> (N, H, W, C).

    Bilinear between the centres of the four tiles around a point; beyond the outermost centres the
    edge stays as it is.
    """
    rows, columns = tiles.shape[:2]
    column = (points[:, 0] - extent.left) / (extent.right - extent.left) * columns - 0.5
    row = (extent.top - points[:, 1]) / (extent.top - extent.bottom) * rows - 0.5
    column, row = column.clip(0, columns - 1), row.clip(0, rows - 1)
    left, upper = np.floor(column).astype(int), np.floor(row).astype(int)
    right, lower = np.minimum(left + 1, columns - 1), np.minimum(upper + 1, rows - 1)
    x, y = ((value % 1.0)[:, None, None, None] for value in (column, row))
    top = (1 - x) * tiles[upper, left] + x * tiles[upper, right]
    bottom = (1 - x) * tiles[lower, left] + x * tiles[lower, right]
    return (1 - y) * top + y * bottom
