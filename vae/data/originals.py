"""Reading data sets as their makers store them: idx files, EMNIST's zip of them, CIFAR-10's tar.

Nothing is unpacked to the disk, and of an archive only the files that are named here are read.
"""

from __future__ import annotations

import gzip
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vae.data.idx import Readable, read_idx_shape

if TYPE_CHECKING:
    import tarfile

__all__ = ["KEYS", "luma", "read_cifar10", "read_emnist", "read_idx_files"]

KEYS = ("x_train", "y_train", "x_test", "y_test")
MAX_PIXELS = 250_000_000  # of one array
CHUNK_IMAGES = 2000
CIFAR10_SHAPE = (3, 32, 32)
CIFAR10_RECORD = 1 + math.prod(CIFAR10_SHAPE)  # a label and three planes: red, green, blue
CIFAR10_BATCHES = [f"cifar-10-batches-bin/data_batch_{number}.bin" for number in range(1, 6)]
CIFAR10_TEST = "cifar-10-batches-bin/test_batch.bin"


def read_idx_files(paths: Sequence[Path]) -> dict[str, np.ndarray]:
    """Read four gzipped idx files: images uint8 (N, H, W), labels uint8 (N,).

    Raises ValueError, OSError, EOFError and the like for other files, as all readers here do.
    """
    found: dict[str, np.ndarray] = {}
    for key, path in zip(KEYS, paths, strict=True):
        with gzip.open(path) as file:
            found[key] = _read_idx(file)
    return found


def read_emnist(paths: Sequence[Path], part: str, first_label: int) -> dict[str, np.ndarray]:
    """Read one part of EMNIST's zip: images uint8 (N, 28, 28), labels uint8 (N,) from 0 on.

    Its images lie transposed, and the labels of some parts begin with 1.
    """
    (path,) = paths
    found: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(path) as archive:
        for split in ("train", "test"):
            for key, kind in (("x", "images-idx3"), ("y", "labels-idx1")):
                name = f"gzip/emnist-{part}-{split}-{kind}-ubyte.gz"
                with archive.open(name) as packed, gzip.open(packed) as file:
                    found[f"{key}_{split}"] = _read_idx(file, transposed=True)
            found[f"y_{split}"] -= first_label
    return found


def read_cifar10(paths: Sequence[Path]) -> dict[str, np.ndarray]:
    """Read CIFAR-10's binary version: images uint8 (N, 32, 32, 3), labels uint8 (N,)."""
    import tarfile  # few need it

    (path,) = paths
    found: dict[str, np.ndarray] = {}
    missing = {*CIFAR10_BATCHES, CIFAR10_TEST}
    with tarfile.open(path, "r|gz") as archive:  # in one pass: going back would unpack it anew
        for member in archive:
            if member.name in missing:
                missing.remove(member.name)
                _read_batch(archive, member, found)
    if missing:
        raise ValueError(f"no {min(missing)} in it")
    return {key: array.reshape(-1, *array.shape[2:]) for key, array in found.items()}


def luma(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Make colour images uint8 (N, H, W, 3) grey (N, H, W), as Pillow does (ITU-R 601-2)."""
    from PIL import Image  # few need it

    found = dict(arrays)
    for key, images in arrays.items():
        if images.ndim == 4:
            count, height, width, _ = images.shape
            tall = Image.fromarray(images.reshape(count * height, width, 3))
            found[key] = np.asarray(tall.convert("L")).reshape(count, height, width)
    return found


def _read_batch(
    archive: tarfile.TarFile, member: tarfile.TarInfo, found: dict[str, np.ndarray]
) -> None:
    """Put a batch into the arrays (batches, N, ...), which all batches of a part share."""
    file = archive.extractfile(member)
    if file is None or member.size > MAX_PIXELS:
        raise ValueError(f"{member.name} is no file of a batch")
    records = np.frombuffer(file.read(), np.uint8).reshape(-1, CIFAR10_RECORD)
    planes = records[:, 1:].reshape(-1, *CIFAR10_SHAPE).transpose(0, 2, 3, 1)
    is_test = member.name == CIFAR10_TEST
    part, batches = ("test", [CIFAR10_TEST]) if is_test else ("train", CIFAR10_BATCHES)
    for key, values in ((f"x_{part}", planes), (f"y_{part}", records[:, 0])):
        if key not in found:
            found[key] = np.empty((len(batches), *values.shape), np.uint8)
        found[key][batches.index(member.name)] = values


def _read_idx(file: Readable, *, transposed: bool = False) -> np.ndarray:
    """Read an idx file as it is unpacked, a few images at a time. transposed: swap their axes."""
    shape = read_idx_shape(file)
    if math.prod(shape) > MAX_PIXELS:
        raise ValueError(f"uint8 {shape}")
    found = np.empty(shape, np.uint8)
    each = math.prod(shape[1:])
    for start in range(0, shape[0], CHUNK_IMAGES):
        some = found[start : start + CHUNK_IMAGES]
        values = np.frombuffer(file.read(len(some) * each), np.uint8)
        turned = (0, 2, 1) if transposed and len(shape) == 3 else range(len(shape))
        some[...] = values.reshape(some.shape).transpose(turned)
    return found
