"""Many test images in an address: a bit for each."""

from __future__ import annotations

import numpy as np

from pages._shared.packed_bits import bits_text, read_bits

__all__ = ["images_text", "read_images"]

MAX_TEXT = 1_800  # any choice of 10,000 images; browsers and servers take addresses of 2,000


def images_text(indices: np.ndarray, count: int) -> str:
    """Return which of so many images are chosen, for an address; "" of more than it can hold."""
    chosen = np.zeros(count, bool)
    chosen[indices] = True
    return bits_text(chosen, MAX_TEXT)


def read_images(text: str, count: int) -> np.ndarray | None:
    """Return the indices of an address, in their order; None for what names none of so many."""
    chosen = read_bits(text, count, MAX_TEXT)
    return np.flatnonzero(chosen) if chosen is not None and chosen.any() else None
