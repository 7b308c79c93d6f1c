"""Pictures as numbers: read in blocks of rows, so that little is in memory, and made pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import IO, NamedTuple

import numpy as np

from vae.errors import DatasetError
from vae.limits import Caps

__all__ = ["Numbers", "check_size", "fits", "rows_of", "shaped", "write_pixels"]

BLOCK_BYTES = 4_000_000


class Numbers(NamedTuple):
    """Numbers (N, ...) of a file. blocks() yields them all, some rows at a time."""

    shape: tuple[int, ...]
    dtype: np.dtype
    blocks: Callable[[], Iterable[np.ndarray]]


def check_size(shape: tuple[int, ...], itemsize: int, caps: Caps) -> None:
    """Raise DatasetError if an array is larger than the caps, before it is read."""
    size = math.prod(shape) * itemsize
    if size > caps.array_bytes:
        raise DatasetError(
            f"An array of at most {caps.array_bytes // 10**6:,} MB was expected. "
            f"Received: {size // 10**6:,} MB"
        )


def rows_of(file: IO[bytes], shape: tuple[int, ...], dtype: np.dtype) -> Generator[np.ndarray]:
    """Yield an array (N, ...) that begins here in a file, some rows at a time."""
    row = math.prod(shape[1:]) * dtype.itemsize
    step = max(1, BLOCK_BYTES // max(1, row))
    for start in range(0, shape[0], step):
        count = min(step, shape[0] - start)
        yield np.frombuffer(file.read(count * row), dtype).reshape(count, *shape[1:])


def fits(pixels: int) -> bool:
    """Return whether so many numbers can be a square picture, grey or in three planes."""
    return any(math.isqrt(pixels // each) ** 2 * each == pixels > 0 for each in (1, 3))


def shaped(images: np.ndarray) -> np.ndarray:
    """Return pictures as (N, H, W, C), C of 1, 3 or 4.

    From that, (N, H, W), (N, C, H, W) or rows: (N, s * s) are grey pixels, (N, 3 * s * s) are
    colors in planes as CIFAR's: all red ones, then green, then blue. Raises DatasetError for
    any other shape.
    """
    shape = images.shape
    if 0 not in shape:
        if images.ndim == 3:
            return images[..., None]
        if images.ndim == 4 and shape[3] in (1, 3, 4):
            return images
        if images.ndim == 4 and shape[1] in (1, 3, 4):
            return images.transpose(0, 2, 3, 1)
        if images.ndim == 2 and fits(shape[1]):
            side = math.isqrt(shape[1])
            if side * side != shape[1]:
                side = math.isqrt(shape[1] // 3)
            return images.reshape(shape[0], -1, side, side).transpose(0, 2, 3, 1)
    raise DatasetError(
        "Pictures in an array (N, H, W), (N, H, W, C) or (N, C, H, W) were expected, or rows: "
        "(N, s * s) grey pixels, or (N, 3 * s * s) with all red ones first, then green, then blue. "
        f"Received: {shape}"
    )


def write_pixels(parts: Sequence[Numbers], file: IO[bytes]) -> tuple[int, int, int]:
    """Write all parts as uint8 and return the shape (H, W, C) of each picture, C of 1 or 3.

    Raises DatasetError for numbers that are no pixels.
    """
    shapes = {_image_shape(part) for part in parts}
    if len(shapes) > 1:
        raise DatasetError(
            "Pictures of one size in all arrays were expected. "
            f"Received: {' and '.join(str(shape) for shape in sorted(shapes))}"
        )
    scale = _scale(parts)
    for part in parts:
        count = 0
        for block in part.blocks():
            pixels = shaped(block)[..., :3]
            if scale != 1 or pixels.dtype != np.uint8:
                pixels = np.rint(pixels * scale).astype(np.uint8)
            file.write(pixels.tobytes())
            count += len(block)
        if count != part.shape[0]:
            raise ValueError("fewer rows than it says")
    height, width, channels = shapes.pop()
    return height, width, min(channels, 3)


def _image_shape(part: Numbers) -> tuple[int, int, int]:
    if part.dtype.kind not in "buif":
        raise DatasetError(f"Numbers were expected as pixels. Received: {part.dtype}")
    # Of no memory, however large it claims to be.
    return shaped(np.broadcast_to(np.uint8(0), (min(part.shape[0], 1), *part.shape[1:]))).shape[1:]


def _scale(parts: Sequence[Numbers]) -> float:
    """Return what makes numbers 0 to 255: of those up to 1, 16 (as in digits) or 255."""
    low, high = np.inf, -np.inf
    for part in parts:
        for block in part.blocks():
            low, high = np.minimum(low, block.min()), np.maximum(high, block.max())
    if not (low >= 0 and high <= 255):  # not a number is neither
        raise DatasetError(
            f"Pixels from 0 to 255, or 0 to 1, were expected. Received: {low:g} to {high:g}"
        )
    return 255.0 if high <= 1 else 255 / 16 if high <= 16 else 1.0
