"""IDX, the format of MNIST's own files: what stands before the values."""

from __future__ import annotations

import struct
from typing import Protocol

__all__ = ["Readable", "read_idx_shape"]


class Readable(Protocol):
    """What can be read on from where it is."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most so many."""
        ...


def read_idx_shape(file: Readable) -> tuple[int, ...]:
    """Read two zero bytes, the type (8: uint8), the rank and the big-endian sizes.

    The values follow. Raises ValueError for another kind of file.
    """
    start = file.read(4)
    if start[:3] != b"\0\0\x08" or not any(start[3:]):
        raise ValueError("not an idx file of unsigned bytes")
    sizes = file.read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise ValueError("an idx file that ends early")
    return struct.unpack(f">{start[3]}I", sizes)
