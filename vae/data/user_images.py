"""From a drawing or a photo to an image like those that a model learned from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from vae.data.paper import ink_on_paper
from vae.errors import RunError

__all__ = [
    "FRAMES",
    "Frame",
    "fit_picture",
    "framed",
    "ink_of",
    "plainly_scaled",
]

FAINT = 0.15  # of the darkest ink: less is paper, or its shadow
EMPTY = 0.05  # of full contrast: less is no drawing


class Frame(NamedTuple):
    """How a data set's images were cut: fractions of height and width that the ink fits into.

    by_mass: its centre of mass lies in the middle, else the middle of its box.
    """

    high: float
    wide: float
    by_mass: bool


FRAMES = {
    # 20 x 20 of 28 x 28 pixels, centred by mass (LeCun et al. 1998). Measured on 30,000 of its
    # images: all boxes are 20 pixels, all centres of mass in [13.5, 14.5), that is, pixel 14.
    "mnist": Frame(20 / 28, 20 / 28, by_mass=True),
    # Measured: all are 8 of 8 pixels high, 84 % at most 6 wide with one free column on each side.
    "digits": Frame(1.0, 6 / 8, by_mass=False),
    # The longest edge becomes 28 pixels, in the middle, and is negated (Xiao et al. 2017).
    "fashion_mnist": Frame(1.0, 1.0, by_mass=False),
    # The longest edge of its box becomes 24 pixels of 28, in the middle (Cohen et al. 2017).
    "emnist_letters": Frame(24 / 28, 24 / 28, by_mass=False),
    "emnist_balanced": Frame(24 / 28, 24 / 28, by_mass=False),
    # Measured: the longest edge of most has 27 or 28 of 28 pixels, the box lies in the middle.
    "animals": Frame(1.0, 1.0, by_mass=False),
}


def ink_of(picture: Image.Image) -> np.ndarray:
    """Return how much ink is where in an RGBA picture: float (H, W) in [0, 1].

    Bright strokes on a dark ground or dark ones on a bright ground: the ground is what the border
    is; where that is transparent, all else is ink. In a photograph, whose border has ink,
    it is estimated locally. Raises RunError if nothing is drawn.
    """
    alpha = np.asarray(picture.getchannel("A"), float) / 255.0
    grey = np.asarray(picture.convert("L"), float) / 255.0
    ground = np.median(_border(alpha))
    ink = alpha if ground < 0.5 else alpha * np.abs(grey - np.median(_border(grey)))
    peak = ink.max()
    if peak < EMPTY:
        raise RunError("Something must be drawn first. Received: an empty picture")
    ink = ink / peak
    is_photograph = ground >= 0.5 and _border(ink).max() > FAINT / 2
    on_paper = ink_on_paper(grey) if is_photograph else None
    if on_paper is None or on_paper.max() < EMPTY:
        return _clear(ink)
    return _clear(on_paper / on_paper.max())


def framed(ink: np.ndarray, image_shape: tuple[int, int, int], frame: Frame) -> np.ndarray:
    """Cut, scale and centre ink (H, W) as a data set's images were -> uint8 (H, W, C).

    The ink must not be empty.
    """
    height, width, channels = image_shape
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = min(frame.high * height / cut.shape[0], frame.wide * width / cut.shape[1])
    high, wide = (max(1, round(scale * side)) for side in cut.shape)
    small = _resized(cut, (wide, high))
    if frame.by_mass:
        # To the pixel right and below of the very middle, in whole pixels: so MNIST's are.
        y, x = np.indices(small.shape)
        total = small.sum()
        top = round(height / 2 - (small * y).sum() / total)
        left = round(width / 2 - (small * x).sum() / total)
    else:
        top, left = (height - high) // 2, (width - wide) // 2
    top, left = int(np.clip(top, 0, height - high)), int(np.clip(left, 0, width - wide))
    image = np.zeros((height, width))
    image[top : top + high, left : left + wide] = small
    return _as_image(image / image.max(), channels)


def plainly_scaled(ink: np.ndarray, image_shape: tuple[int, int, int]) -> np.ndarray:
    """Scale all of a picture to the image's size, neither cut nor centred -> uint8 (H, W, C)."""
    height, width, channels = image_shape
    return _as_image(_resized(ink, (width, height)), channels)


def fit_picture(picture: Image.Image, image_shape: tuple[int, int, int]) -> np.ndarray:
    """Cut the middle of an RGBA picture and scale it to an image's shape -> uint8 (H, W, C).

    Transparent parts become white.
    """
    height, width, channels = image_shape
    scale = min(picture.width / width, picture.height / height)
    wide, high = (max(1, round(scale * side)) for side in (width, height))
    left, top = (picture.width - wide) // 2, (picture.height - high) // 2
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    # Cut first: a filter would reach over the edge.
    cut = flat.crop((left, top, left + wide, top + high))
    small = cut.resize((width, height), Image.Resampling.LANCZOS)
    pixels = np.asarray(small.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(height, width, -1)[:, :, :channels]


def _clear(ink: np.ndarray) -> np.ndarray:
    return np.where(ink < FAINT, 0.0, ink)


def _border(array: np.ndarray) -> np.ndarray:
    return np.concatenate([array[0], array[-1], array[:, 0], array[:, -1]])


def _resized(ink: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    picture = Image.fromarray(ink.astype(np.float32))
    # Pillow widens the filter where it shrinks, so that thin strokes stay.
    return np.clip(np.asarray(picture.resize(size, Image.Resampling.BILINEAR), float), 0.0, 1.0)


def _as_image(ink: np.ndarray, channels: int) -> np.ndarray:
    pixels = np.rint(255.0 * np.clip(ink, 0.0, 1.0)).astype(np.uint8)
    return np.repeat(pixels[:, :, None], channels, axis=2)
