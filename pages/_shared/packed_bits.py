"""Many bits in an address: packed as well as it goes, in letters that need no escaping there."""

from __future__ import annotations

import base64
import binascii
import zlib

import numpy as np

__all__ = ["bits_text", "read_bits"]


def bits_text(bits: np.ndarray, max_text: int) -> str:
    """Return bits of any shape for an address; "" where that takes more than so many letters."""
    packed = zlib.compress(np.packbits(bits).tobytes(), level=9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= max_text else ""


def read_bits(text: str, count: int, max_text: int) -> np.ndarray | None:
    """Return so many bits (count,), bool, of an address; None for what is no such text."""
    if len(text) > max_text:
        return None
    size = (count + 7) // 8
    try:
        padded = text + "=" * (-len(text) % 4)
        packed = base64.b64decode(padded, altchars=b"-_", validate=True)
        # One that unpacks to more is cut off there.
        found = zlib.decompressobj().decompress(packed, size + 1)
    except (binascii.Error, ValueError, zlib.error):
        return None
    if len(found) != size:
        return None
    bits = np.unpackbits(np.frombuffer(found, np.uint8)).astype(bool)
    return None if bits[count:].any() else bits[:count]
