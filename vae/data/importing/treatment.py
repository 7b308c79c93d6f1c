"""How a picture of any size becomes an image that a network learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageOps, ImageStat

from vae.data.user_images import ink_of
from vae.errors import DatasetError, RunError

__all__ = [
    "Treatment",
    "fitted",
    "in_channels",
    "inverts",
    "on_ground",
    "prepared",
    "proposed",
    "treated",
]

SMALLEST, LARGEST = 8, 64  # pixels
BRIGHT = 127.5
PAPER_SIDE = 160  # pixels of a photographed drawing: more take long, and are not seen
LOOKED_AT = 2000  # images whose border says whether a set is bright


@dataclass(frozen=True)
class Treatment:
    """What is done with each picture: size x size pixels, grey or color, cropped or padded.

    paper: of a drawing that was photographed the ink alone is taken, white on black.
    invert: "auto" inverts a whole set where most pictures are grey and have a bright border.
    Raises DatasetError for a value that is none of these.
    """

    size: int = 28
    color: bool = False
    fit: Literal["crop", "pad"] = "crop"
    invert: Literal["auto", "yes", "no"] = "auto"
    paper: bool = False

    def __post_init__(self) -> None:
        if not SMALLEST <= self.size <= LARGEST:
            raise DatasetError(
                f"A size from {SMALLEST} to {LARGEST} was expected. Received: {self.size}"
            )
        if self.fit not in ("crop", "pad"):
            raise DatasetError(f'fit: "crop" or "pad" was expected. Received: {self.fit!r}')
        if self.invert not in ("auto", "yes", "no"):
            raise DatasetError(
                f'invert: "auto", "yes" or "no" was expected. Received: {self.invert!r}'
            )

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The shape (H, W, C) of what comes out."""
        return self.size, self.size, 3 if self.color else 1


def on_ground(picture: Image.Image) -> Image.Image:
    """Return an RGBA picture as RGB: transparent parts white, or black where the rest is bright."""
    alpha = picture.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return picture.convert("RGB")
    visible = alpha.point([0] + 255 * [255])
    shown = ImageStat.Stat(picture.convert("RGB").convert("L"), visible)
    bright = shown.count[0] > 0 and shown.mean[0] > BRIGHT
    ground = Image.new("RGB", picture.size, "black" if bright else "white")
    ground.paste(picture, mask=alpha)
    return ground


def prepared(picture: Image.Image, treatment: Treatment) -> Image.Image:
    """Return an RGBA picture of any size as RGB, of a drawing on paper the ink, white on black."""
    if not treatment.paper:
        return on_ground(picture)
    small = picture.copy()
    small.thumbnail((PAPER_SIDE, PAPER_SIDE))
    try:
        ink = ink_of(small)
    except RunError:  # there is none
        ink = np.zeros((small.height, small.width))
    return Image.fromarray(np.rint(255 * ink).astype(np.uint8)).convert("RGB")


def fitted(picture: Image.Image, size: int, fit: Literal["crop", "pad"]) -> Image.Image:
    """Return an RGB picture as size x size pixels: its middle, or all of it and a border."""
    square = (size, size)
    if picture.size == square:
        return picture
    if fit == "crop":
        return ImageOps.fit(picture, square, Image.Resampling.LANCZOS)
    pixels = np.asarray(picture)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(value) for value in np.median(border, axis=0))
    return ImageOps.pad(picture, square, Image.Resampling.LANCZOS, color=(red, green, blue))


def in_channels(image: np.ndarray, treatment: Treatment) -> np.ndarray:
    """Return an RGB image (H, W, 3) as ordered: grey (H, W, 1), as Pillow does, or as it is."""
    if treatment.color:
        return image
    # ITU-R BT.601, as whole numbers
    weighed = image.astype(np.uint32) @ np.array([19595, 38470, 7471], np.uint32)
    return ((weighed + 0x8000) >> 16).astype(np.uint8)[..., None]


def treated(picture: Image.Image, treatment: Treatment) -> np.ndarray:
    """Return an RGBA picture as an image (H, W, C) of a set whose treatment this was."""
    small = fitted(prepared(picture, treatment), treatment.size, treatment.fit)
    image = in_channels(np.asarray(small), treatment)
    return 255 - image if treatment.invert == "yes" else image


def inverts(images: np.ndarray, grey: np.ndarray, treatment: Treatment) -> bool:
    """Return whether a set (N, H, W, C) is to be inverted. grey: bool (N,), of the sources."""
    if treatment.invert != "auto":
        return treatment.invert == "yes"
    if not len(images) or treatment.paper or grey.mean() <= 0.5:
        return False
    some = images[np.flatnonzero(grey)[:: max(1, int(grey.sum()) // LOOKED_AT)]]
    sides = [some[:, 0], some[:, -1], some[:, :, 0], some[:, :, -1]]
    borders = np.median(np.concatenate(sides, axis=1), axis=(1, 2))
    return bool(np.mean(borders > BRIGHT) > 0.5)


def proposed(sizes: tuple[tuple[int, int], ...], channels: tuple[int, ...]) -> Treatment:
    """Return what suits pictures of these sizes (width, height) and channels (1 and 3).

    Small squares of one size stay as they are; all else becomes 28 x 28, or 32 x 32 in colour.
    """
    color = 3 in channels
    sides = {side for size in sizes for side in size}
    only = sides.pop() if len(sides) == 1 else 0
    size = only if SMALLEST <= only <= LARGEST else 32 if color else 28
    return Treatment(size, color)
