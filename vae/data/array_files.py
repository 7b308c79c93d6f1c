"""Reading one array from an npz file, a gzipped idx file or a gzipped pickle, and verifying it."""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import pickletools
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae.data.idx import read_idx_shape
from vae.files import open_regular

__all__ = ["ArraySpec", "read_array", "read_npz"]

PICKLED = b"\x80"  # what a pickle of protocol 2 or later begins with
INTEGER_BYTES = 8  # of a whole number that nobody made smaller


@dataclass(frozen=True)
class ArraySpec:
    """What an array in a file must be: its shape (the dtype is uint8) and its checksum.

    The checksum is "sha256:…" of the raw bytes or "idx-md5:…" of the array as an idx file.
    """

    shape: tuple[int, ...]
    checksum: str


def read_array(path: Path, key: str, spec: ArraySpec) -> np.ndarray:
    """Read the array `key` of an npz file, or the one array of a gzipped idx file or pickle.

    Returns uint8 of spec.shape. Nothing is unpickled. Raises ValueError that says in a few words
    what came instead.
    """
    try:
        array = _read_npz(path, key) if path.suffix == ".npz" else _read_gzip(path, spec.shape)
    # A damaged or foreign file fails in a dozen ways: zip, zlib, gzip, struct, npy header, ...
    except Exception as error:
        raise ValueError(f"a file that cannot be read ({error})") from error
    if (array.dtype, array.shape) != (np.uint8, spec.shape):
        raise ValueError(f"{array.dtype} {array.shape}")
    algorithm, _, checksum = spec.checksum.partition(":")
    if _checksum(array, algorithm) != checksum:
        raise ValueError("other values (the checksum differs)")
    return array


def read_npz(path: Path, keys: Sequence[str]) -> dict[str, np.ndarray]:
    """Read the arrays `keys` of an npz file as they are; raises ValueError as `read_array`."""
    try:
        return {key: _read_npz(path, key) for key in keys}
    except Exception as error:  # as above
        raise ValueError(f"a file that cannot be read ({error})") from error


def _read_npz(path: Path, key: str) -> np.ndarray:
    with open_regular(path) as file:
        if not zipfile.is_zipfile(file):  # NumPy's own message would speak of pickled data
            raise ValueError("not a complete npz file")
        file.seek(0)
        with np.load(file, allow_pickle=False) as archive:
            if key not in archive:
                raise ValueError(f"it holds {', '.join(archive.files)}")
            return np.ascontiguousarray(archive[key])


def _read_gzip(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read a gzipped idx file or pickle; no more of it than an array of this shape needs."""
    max_bytes = INTEGER_BYTES * math.prod(shape) + 10_000
    with open_regular(path) as source, gzip.open(source) as file:
        content = file.read(max_bytes)
    if content.startswith(PICKLED):
        return _of_pickle(content, shape)
    held = io.BytesIO(content)
    found = read_idx_shape(held)
    return np.frombuffer(content, np.uint8, offset=held.tell()).reshape(found)


def _of_pickle(content: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """Return the array whose values, as bytes or as 64-bit whole numbers, a pickle holds.

    The pickle is read as a list of operations, none of which is executed; the longest run of bytes
    among them is the array's.
    """
    held = [value for _, value, _ in pickletools.genops(content) if isinstance(value, bytes)]
    values = max(held, key=len, default=b"")
    if len(values) == math.prod(shape):
        return np.frombuffer(values, np.uint8).reshape(shape)
    wide = np.frombuffer(values, "<i8").reshape(shape)
    if wide.min() < 0 or wide.max() > 255:
        raise ValueError(f"numbers from {wide.min()} to {wide.max()}")
    return wide.astype(np.uint8)


def _checksum(array: np.ndarray, algorithm: str) -> str:
    if algorithm == "sha256":
        return hashlib.sha256(array.data).hexdigest()
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    digest = hashlib.md5(header, usedforsecurity=False)
    digest.update(array.data)
    return digest.hexdigest()
