"""Paths between two codes, and what they decode to."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
from PIL import Image

__all__ = ["PathKind", "interpolate", "looping_gif"]

PathKind = Literal["linear", "spherical"]
FRAME_MS = 90
END_MS = 450  # the two pictures themselves are seen for longer
LEAST_ANGLE = 1e-4  # radians: below, both paths are the same and the formula divides by zero


def interpolate(
    start: np.ndarray, end: np.ndarray, steps: int, kind: PathKind = "linear"
) -> np.ndarray:
    """Return codes (steps, d) from start (d,) to end (d,), both included.

    Spherical: along the great circle while the length changes evenly (Shoemake 1985; White 2016),
    so that codes in between are as long as codes of the prior are. Through opposite or zero codes
    there is no single circle: then it is linear.
    """
    start, end = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    t = np.linspace(0.0, 1.0, steps)[:, None]
    linear = (1.0 - t) * start + t * end
    lengths = np.linalg.norm(start), np.linalg.norm(end)
    if kind == "linear" or min(lengths) == 0.0:
        return linear.astype(np.float32)
    one, other = start / lengths[0], end / lengths[1]
    angle = float(np.arccos(np.clip(one @ other, -1.0, 1.0)))
    if angle < LEAST_ANGLE or angle > np.pi - LEAST_ANGLE:
        return linear.astype(np.float32)
    direction = (np.sin((1.0 - t) * angle) * one + np.sin(t * angle) * other) / np.sin(angle)
    length = (1.0 - t) * lengths[0] + t * lengths[1]
    return (length * direction).astype(np.float32)


def looping_gif(images: np.ndarray, scale: int) -> bytes:
    """Return a GIF that goes through images uint8 (N, H, W, C) and back, for ever.

    Each pixel becomes scale x scale.
    """
    ends = (0, len(images) - 1)
    order = [*range(len(images)), *range(len(images) - 2, 0, -1)]
    frames = []
    for image in images[order]:
        frame = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)
        size = (frame.width * scale, frame.height * scale)
        frames.append(frame.resize(size, Image.Resampling.NEAREST))
    buffer = io.BytesIO()
    first, *others = frames
    first.save(
        buffer,
        "GIF",
        save_all=True,
        append_images=others,
        duration=[END_MS if place in ends else FRAME_MS for place in order],
        loop=0,
        optimize=False,
    )
    return buffer.getvalue()
