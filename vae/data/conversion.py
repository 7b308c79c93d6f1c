"""From downloaded files, whose checksums are known, to the one npz that is read from then on.

Of the arrays no checksums are published. So the npz holds a seal: the checksum of the downloaded
files' checksums and of the arrays made of them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from vae.data.array_files import read_npz
from vae.data.dataset_spec import DatasetSpec
from vae.data.originals import KEYS
from vae.errors import DatasetError
from vae.files import open_regular, replacing

__all__ = ["read_converted", "read_originals", "store_converted"]

SEAL = "seal"
CHUNK_BYTES = 1 << 20


def read_originals(spec: DatasetSpec, folder: Path) -> dict[str, np.ndarray]:
    """Verify the downloaded files in `folder` and return the arrays made of them: uint8.

    Raises DatasetError for a file that is damaged or another one.
    """
    assert spec.convert is not None
    paths = [folder / Path(file.path).name for file in spec.files]
    for path, file in zip(paths, spec.files, strict=True):
        if _sha256(path) != file.sha256:
            raise DatasetError(
                f"{spec.title} needs the original {path.name} in {folder}. Received: another "
                "file (the checksum differs). Delete it to have it downloaded again."
            )
    try:
        return spec.convert(paths)
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


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while some := file.read(CHUNK_BYTES):
            digest.update(some)
    return digest.hexdigest()


def _seal(spec: DatasetSpec, arrays: dict[str, np.ndarray]) -> np.ndarray:
    digest = hashlib.sha256()
    for file in spec.files:
        digest.update(bytes.fromhex(file.sha256))
    for key in KEYS:
        digest.update(f"{key} {arrays[key].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[key]).data)
    return np.frombuffer(digest.digest(), np.uint8)
