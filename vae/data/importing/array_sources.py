"""Pictures that come as numbers: NPZ, NPY, IDX (gzipped too) and CSV. Nothing is unpickled."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zipfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from vae.data.array_files import array_of_idx
from vae.data.importing.contents import ArrayChoice, ArrayInfo, Caps
from vae.data.importing.names import LONGEST_CLASS, clean
from vae.errors import DatasetError
from vae.files import open_regular

__all__ = ["ArraySet", "array_infos", "kind_of", "read_arrays"]

IMAGES = ("x", "images", "image", "x_train", "train_images", "data", "pixels", "arr_0")
LABELS = ("y", "labels", "label", "y_train", "train_labels", "target", "targets", "class", "arr_1")
NPY, GZIP, IDX = b"\x93NUMPY", b"\x1f\x8b", b"\0\0\x08"


class ArraySet(NamedTuple):
    """Pictures as numbers, of any shape yet, and what their labels say."""

    images: np.ndarray
    labels: Sequence[object] | np.ndarray | None


def kind_of(path: Path) -> str | None:
    """Return "npz", "npy", "idx" or "csv" by what a file begins with; None for anything else."""
    with open_regular(path) as file:
        start = file.read(6)
    if start.startswith(b"PK"):
        return "npz" if path.suffix.lower() == ".npz" else None
    if start.startswith(NPY):
        return "npy"
    if start.startswith((GZIP, IDX)):
        return "idx"
    return "csv" if path.suffix.lower() == ".csv" else None


def array_infos(path: Path) -> tuple[ArrayInfo, ...]:
    """Return the arrays of an NPZ file by their headers; raises DatasetError if it is damaged."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            infos: list[ArrayInfo] = []
            for name in archive.namelist():
                with archive.open(name) as member:
                    shape, dtype = _header(member)
                infos.append(ArrayInfo(name.removesuffix(".npy"), shape, str(dtype)))
            return tuple(infos)
    # zipfile, zlib, struct and NumPy's parser each have errors of their own
    except Exception:
        raise _damaged(path, "NPZ") from None


def read_arrays(path: Path, kind: str, choice: ArrayChoice | None, caps: Caps) -> ArraySet:
    """Return the pictures of an array file and their labels. Raises DatasetError."""
    try:
        if kind == "npz":
            return _of_npz(path, choice or _chosen(array_infos(path)), caps)
        if kind == "csv":
            return _of_csv(path, caps)
        with open_regular(path) as file:
            return ArraySet(_of_npy(file, caps) if kind == "npy" else _of_idx(file, caps), None)
    except DatasetError:
        raise
    except Exception:
        raise _damaged(path, kind.upper()) from None


def _damaged(path: Path, kind: str) -> DatasetError:
    return DatasetError(
        f"A complete {kind} file was expected. Received: {clean(path.name)!r}, which is damaged"
    )


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0
    if version != (1, 0):
        read = np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    return shape, dtype


def _chosen(infos: tuple[ArrayInfo, ...]) -> ArrayChoice:
    by_name = {info.name.lower(): info.name for info in infos}
    images = next((by_name[name] for name in IMAGES if name in by_name), None)
    if images is None:
        found = ", ".join(clean(info.name, 30) for info in infos[:10]) or "none"
        raise DatasetError(f"An array named {', '.join(IMAGES)} was expected. Received: {found}")
    return ArrayChoice(images, next((by_name[name] for name in LABELS if name in by_name), None))


def _of_npz(path: Path, choice: ArrayChoice, caps: Caps) -> ArraySet:
    with open_regular(path) as file, zipfile.ZipFile(file) as archive:
        arrays: list[np.ndarray] = []
        for name in filter(None, choice):
            if f"{name}.npy" not in archive.namelist():
                raise DatasetError(f"An array of the file was expected. Received: {name!r:.80}")
            with archive.open(f"{name}.npy") as member:
                arrays.append(_of_npy(member, caps))
    return ArraySet(arrays[0], arrays[1] if choice.labels else None)


def _of_npy(file: IO[bytes], caps: Caps) -> np.ndarray:
    """Read an array whose header says that it is small enough; the values of a pickle are none."""
    shape, dtype = _header(file)
    if dtype.hasobject:
        raise DatasetError("Numbers were expected. Received: Python objects, which are not loaded")
    _check_bytes(math.prod(shape) * dtype.itemsize, caps)
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


def _check_bytes(size: int, caps: Caps) -> None:
    if size > caps.array_bytes:
        raise DatasetError(
            f"An array of at most {caps.array_bytes // 10**6} MB was expected. "
            f"Received: {size // 10**6:,} MB"
        )


def _of_idx(file: IO[bytes], caps: Caps) -> np.ndarray:
    """Read an IDX file of unsigned bytes, gzipped or not."""
    gzipped = file.read(2) == GZIP
    file.seek(0)
    with gzip.open(file) if gzipped else nullcontext(file) as source:
        content = source.read(caps.array_bytes + 1)
    _check_bytes(len(content), caps)
    if content[:3] != IDX:
        raise DatasetError("An IDX file of unsigned bytes was expected. Received: another kind")
    return array_of_idx(content)


def _of_csv(path: Path, caps: Caps) -> ArraySet:
    """Read a row a picture, its pixels in columns; the label's column is known by its name."""
    _check_bytes(path.stat().st_size, caps)
    rows: list[np.ndarray] = []
    labels: list[object] = []
    with open_regular(path) as file:
        lines = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig"))
        first = next(lines)
        names = [name.strip().lower() for name in first]
        column = next((at for at, name in enumerate(names) if name in LABELS), None)
        headed = any(not _is_number(name) for name in names)
        for row in lines if headed else (row for part in ([first], lines) for row in part):
            if column is not None:
                labels.append(clean(row.pop(column), LONGEST_CLASS))
            rows.append(np.array(row, np.float32))
            _check_bytes(len(rows) * rows[0].nbytes, caps)
    return ArraySet(np.stack(rows), labels if column is not None else None)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
