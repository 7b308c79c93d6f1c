"""From downloaded files, whose checksums are known, to the one npz that is read from then on.

Of the arrays no checksums are published. So the npz holds a seal: the checksum of the downloaded
files' checksums and of the arrays made of them.
"""

from __future__ import annotations

import hashlib
from io import BufferedReader
from pathlib import Path
from typing import cast

import numpy as np

from vae.data.array_files import read_npz
from vae.data.dataset_spec import DatasetSpec
from vae.data.originals import KEYS
from vae.errors import DatasetError
from vae.files import open_regular, replacing

__all__ = ["check_originals", "read_converted", "read_originals", "store_converted"]

SEAL = "seal"


def check_originals(spec: DatasetSpec, folder: Path) -> None:
    """Raise DatasetError if a file in `folder` is not the one that would be downloaded."""
    for path, file in zip(_paths(spec, folder), spec.files, strict=True):
        with open_regular(path) as opened:
            content = cast(BufferedReader, opened)
            if hashlib.file_digest(content, "sha256").hexdigest() != file.sha256:
                raise DatasetError(
                    f"{spec.title} needs the original {path.name} in {folder}. Received: another "
                    "file (the checksum differs). Delete it to have it downloaded again."
                )


def read_originals(spec: DatasetSpec, folder: Path) -> dict[str, np.ndarray]:
    """Return the arrays made of the verified files in `folder`: uint8. Raises DatasetError."""
    assert spec.convert is not None
    try:
        return spec.convert(_paths(spec, folder))
    except Exception as error:  # zip, gzip, tar and idx each fail in their own ways
        raise DatasetError(
            f"{spec.title} cannot be read from {folder}. Received: the original files, and {error}"
        ) from error


def store_converted(spec: DatasetSpec, arrays: dict[str, np.ndarray], path: Path) -> None:
    """Write the npz; raises OSError."""
    with replacing(path) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **arrays, seal=_seal(spec, arrays))


def read_converted(spec: DatasetSpec, path: Path) -> dict[str, np.ndarray]:
    """Read and verify the npz: arrays uint8. Raises DatasetError for what was not so made."""
    try:
        arrays = read_npz(path, (*KEYS, SEAL))
        if arrays.pop(SEAL).tobytes() != _seal(spec, arrays).tobytes():
            raise ValueError("other values (the checksum differs)")
    except ValueError as error:
        raise DatasetError(
            f"{spec.title} needs what was made of its original files in {path}. Received: "
            f"{error}. Delete this one to have it made again."
        ) from error
    return arrays


def _paths(spec: DatasetSpec, folder: Path) -> list[Path]:
    return [folder / Path(file.path).name for file in spec.files]


def _seal(spec: DatasetSpec, arrays: dict[str, np.ndarray]) -> np.ndarray:
    digest = hashlib.sha256()
    for file in spec.files:
        digest.update(bytes.fromhex(file.sha256))
    for key in KEYS:
        digest.update(f"{key} {arrays[key].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[key]).data)
    return np.frombuffer(digest.digest(), np.uint8)
