"""Images as pixels: grids of them, larger ones, PNG."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from vae.errors import ConfigError

__all__ = ["enlarged", "tile", "to_png", "to_uint8"]


def tile(images: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Lay images (rows * columns, H, W, C) out as one (rows * H, columns * W, C).

    Floats in [0, 1] become uint8. Raises ConfigError if the number of images is another.
    """
    if len(images) != rows * columns:
        raise ConfigError(
            f"A grid of {rows} x {columns} needs {rows * columns} images. Received: {len(images)}"
        )
    if images.dtype != np.uint8:
        images = to_uint8(images)
    _, height, width, channels = images.shape
    grid = images.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return grid.reshape(rows * height, columns * width, channels)


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Turn images in [0, 1], of any shape, into uint8 pixels; what is beyond is clipped.

    NaN, which a model that diverges decodes to, becomes 0.
    """
    with np.errstate(invalid="ignore"):
        return np.rint(np.clip(images, 0.0, 1.0) * 255.0).astype(np.uint8)


def enlarged(image: np.ndarray, scale: int, *, smooth: bool = False) -> Image.Image:
    """Return an image (H, W, C), uint8, as a picture of scale x scale pixels for each pixel.

    smooth: with values in between them (Lanczos), not as squares.
    """
    picture = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)
    if scale == 1:
        return picture
    size = (picture.width * scale, picture.height * scale)
    return picture.resize(size, Image.Resampling.LANCZOS if smooth else Image.Resampling.NEAREST)


def to_png(
    image: np.ndarray,
    scale: int = 1,
    text: dict[str, str] | None = None,
    *,
    smooth: bool = False,
    quick: bool = False,
) -> bytes:
    """Encode an image (H, W, C), uint8, as PNG, as large as `enlarged` makes it.

    text: what the file's metadata says of it. quick: in 0.6 of the time, for 1.06 of the bytes.
    """
    picture = enlarged(image, scale, smooth=smooth)
    notes = PngInfo()
    for key, value in (text or {}).items():
        notes.add_text(key, value)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", pnginfo=notes, compress_level=2 if quick else 6)
    return buffer.getvalue()
