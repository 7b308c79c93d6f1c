"""Reading one array from an npz or a gzipped idx file, and verifying it."""

from __future__ import annotations

import gzip
import hashlib
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae.files import open_regular

__all__ = ["ArraySpec", "read_array"]


@dataclass(frozen=True)
class ArraySpec:
    """What an array in a file must be: its shape (the dtype is uint8) and its checksum.

    The checksum is "sha256:…" of the raw bytes or "idx-md5:…" of the array as an idx file.
    """

    shape: tuple[int, ...]
    checksum: str


def read_array(path: Path, key: str, spec: ArraySpec) -> np.ndarray:
    """Read the array `key` of an npz file, or the one array of a gzipped idx file.

    Returns uint8 of spec.shape. Raises ValueError that says in a few words what came instead.
    """
    try:
        array = _read_npz(path, key) if path.suffix == ".npz" else _read_idx(path)
    # A damaged or foreign file fails in a dozen ways: zip, zlib, gzip, struct, npy header, ...
    except Exception as error:
        raise ValueError(f"a file that cannot be read ({error})") from error
    if (array.dtype, array.shape) != (np.uint8, spec.shape):
        raise ValueError(f"{array.dtype} {array.shape}")
    algorithm, _, checksum = spec.checksum.partition(":")
    if _checksum(array, algorithm) != checksum:
        raise ValueError("other values (the checksum differs)")
    return array


def _read_npz(path: Path, key: str) -> np.ndarray:
    with open_regular(path) as file:
        if not zipfile.is_zipfile(file):  # NumPy's own message would speak of pickled data
            raise ValueError("not a complete npz file")
        file.seek(0)
        with np.load(file, allow_pickle=False) as archive:
            if key not in archive:
                raise ValueError(f"it holds {', '.join(archive.files)}")
            return np.ascontiguousarray(archive[key])


def _read_idx(path: Path) -> np.ndarray:
    """Read two zero bytes, the type (8: uint8), the rank, the big-endian shape and the values."""
    with open_regular(path) as source, gzip.open(source) as file:
        content = file.read()
    if content[:3] != b"\0\0\x08":
        raise ValueError("not an idx file of unsigned bytes")
    rank = content[3]
    shape = struct.unpack_from(f">{rank}I", content, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def _checksum(array: np.ndarray, algorithm: str) -> str:
    if algorithm == "sha256":
        return hashlib.sha256(array.data).hexdigest()
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    digest = hashlib.md5(header, usedforsecurity=False)
    digest.update(array.data)
    return digest.hexdigest()
