"""Many test images in an address: a bit for each, packed as well as it goes."""

from __future__ import annotations

import base64
import binascii
import zlib

import numpy as np

__all__ = ["images_text", "read_images"]

MAX_TEXT = 1_800  # any choice of 10,000 images; browsers and servers take addresses of 2,000


def images_text(indices: np.ndarray, count: int) -> str:
    """Return which of so many images are chosen, for an address; "" of more than it can hold."""
    chosen = np.zeros(count, bool)
    chosen[indices] = True
    packed = zlib.compress(np.packbits(chosen).tobytes(), level=9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= MAX_TEXT else ""


def read_images(text: str, count: int) -> np.ndarray | None:
    """Return the indices of an address, in their order; None for what names none of so many."""
    if len(text) > MAX_TEXT:
        return None
    size = (count + 7) // 8
    try:
        padded = text + "=" * (-len(text) % 4)
        packed = base64.b64decode(padded, altchars=b"-_", validate=True)
        # One that unpacks to more is cut off there.
        bits = zlib.decompressobj().decompress(packed, size + 1)
    except (binascii.Error, ValueError, zlib.error):
        return None
    if len(bits) != size:
        return None
    chosen = np.unpackbits(np.frombuffer(bits, np.uint8))
    indices = np.flatnonzero(chosen)
    return indices if len(indices) and indices[-1] < count else None
