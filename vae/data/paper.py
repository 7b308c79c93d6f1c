"""Ink on photographed paper: uneven light, shadows and ruled lines are none."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from PIL import Image

__all__ = ["ink_on_paper"]

SMALLEST_SIDE = 64  # pixels: less is no photograph
UNEVEN = 0.15  # of the brightest ground: less is removed with faint ink
DARKEST = 0.15  # of the brightest ground: a shadow is no darker, a thing on a plain ground is
REDUCED_SIDE = 96  # of the copy on which the ground is estimated
WINDOW = 0.4  # of the copy's side: most of what lies within is ground, whatever is written there
STEEPEST = 6.0  # degrees that ruled lines are tilted at most
STEPS = 49  # of the angles that are tried
NOISE = 4.0  # standard deviations
ON_LINE = 0.04  # of the darkest ink, along most of a row: a line
MOST_LINES = 0.4  # of all rows: more is no ruled paper
SEEN = 0.1  # of the darkest ink: less does not connect parts
SPECK = 0.05  # of the largest connected ink: less is what was left of a line or a shadow's edge
STROKE = 2.0  # times a line's ink is a stroke's


def ink_on_paper(grey: np.ndarray) -> np.ndarray | None:
    """Return how much ink is where in a photograph, grey (H, W) in [0, 1]: float (H, W) in [0, 1].

    None where the ground is even and without lines, as in a drawing or a clean scan. The ground is
    the local median; light multiplies what is on paper, so the picture is divided by it.
    """
    if min(grey.shape) < SMALLEST_SIDE:
        return None
    ground = _ground(grey)
    low, high = np.percentile(ground, (1, 99))
    if low < DARKEST * high:
        return None
    ratio = grey / np.maximum(ground, 1e-2) - 1
    is_dark = np.mean(ratio**3) < 0  # ink is rare and far from the ground, on one side of it
    ink = _without_noise(np.maximum(-ratio if is_dark else ratio, 0.0))
    cleaned = _without_lines(_without_lines(ink).T).T
    is_even = high - low < UNEVEN * high
    return None if is_even and np.array_equal(cleaned, ink) else _without_specks(cleaned)


def _ground(grey: np.ndarray) -> np.ndarray:
    """Return what the paper is like at each pixel: the local median, without what is written."""
    ndimage: Any = importlib.import_module("scipy.ndimage")  # without types

    scale = REDUCED_SIDE / max(grey.shape)
    size = (round(scale * grey.shape[1]), round(scale * grey.shape[0]))
    picture = Image.fromarray(grey.astype(np.float32))
    small = np.asarray(picture.resize(size, Image.Resampling.BOX), float)
    window = round(WINDOW * REDUCED_SIDE) | 1
    ground = ndimage.median_filter(small, window, mode="nearest")
    # Once more, without the ink: a thick loop may fill half of a window.
    away = np.abs(small - ground)
    filled = np.where(away > UNEVEN * ground, ground, small)
    ground = ndimage.median_filter(filled, window // 3 | 1, mode="nearest")
    whole = Image.fromarray(ground.astype(np.float32)).resize(
        (grey.shape[1], grey.shape[0]), Image.Resampling.BICUBIC
    )
    return np.asarray(whole, float)


def _without_noise(ink: np.ndarray) -> np.ndarray:
    """Smooth ink by a pixel and take away what the paper's grain has."""
    ndimage: Any = importlib.import_module("scipy.ndimage")  # without types

    smooth = ndimage.gaussian_filter(ink, max(ink.shape) / 400)
    grain = 1.4826 * np.median(smooth)  # half of the paper lies on this side of its median
    return np.maximum(smooth - NOISE * grain, 0.0)


def _without_lines(ink: np.ndarray) -> np.ndarray:
    """Return ink without ruled lines from left to right, a few degrees tilted at most.

    Along a line most pixels have its ink; along a row through strokes few have.
    """
    ndimage: Any = importlib.import_module("scipy.ndimage")  # without types

    # Tilted as the lines are, the sums of rows differ most from row to row.
    faint = np.minimum(ink, max(np.percentile(ink, 95), 1e-6))
    slopes = np.tan(np.radians(np.linspace(-STEEPEST, STEEPEST, STEPS)))
    sharpness = [np.var(faint[_along(ink.shape, slope, 4)].mean(axis=1)) for slope in slopes]
    index = _along(ink.shape, slopes[int(np.argmax(sharpness))])
    level = np.percentile(ink[index], 30, axis=1)
    is_line = level > ON_LINE * ink.max()
    if not is_line.any() or is_line.mean() > MOST_LINES:
        return ink
    thick = max(2, round(max(ink.shape) / 100))
    is_line = ndimage.binary_dilation(is_line, iterations=thick // 2)
    level = ndimage.maximum_filter1d(level, 2 * thick + 1)
    on_line = np.zeros(ink.shape, bool)
    levels = np.zeros(ink.shape)
    on_line[index] |= is_line[:, None]
    np.maximum.at(levels, index, np.where(is_line, level, 0.0)[:, None] * np.ones(ink.shape))
    # A stroke is darker than the line, or goes on above and below it.
    rest = np.where(on_line & (ink < STROKE * levels), 0.0, ink)
    bare = np.where(on_line, 0.0, ink)
    bridged = ndimage.grey_closing(bare, (4 * thick + 1, 1))
    return np.where(on_line, np.maximum(rest, np.minimum(ink, bridged)), ink)


def _along(shape: tuple[int, int], slope: float, step: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of an image's rows tilted by a slope, of every step-th column."""
    height, width = shape
    columns = np.arange(0, width, step)[None]
    rows = np.arange(height)[:, None] + np.rint(slope * (columns - width // 2)).astype(int)
    return np.clip(rows, 0, height - 1), np.broadcast_to(columns, rows.shape)


def _without_specks(ink: np.ndarray) -> np.ndarray:
    """Return ink without connected parts that are small beside the largest."""
    ndimage: Any = importlib.import_module("scipy.ndimage")  # without types

    parts, count = ndimage.label(ink > SEEN * ink.max(), np.ones((3, 3)))
    if not count:
        return ink
    amounts = ndimage.sum_labels(ink, parts, np.arange(count + 1))
    amounts[0] = 0.0  # between them
    large = np.isin(parts, np.flatnonzero(amounts > SPECK * amounts.max()))
    # With its faint edge.
    return np.where(ndimage.binary_dilation(large, iterations=2), ink, 0.0)
