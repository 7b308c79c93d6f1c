"""Reading IDX, the format of MNIST's own files: images, and labels in a file beside them."""

from __future__ import annotations

import gzip
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np

from vae.data.idx import read_idx_shape
from vae.data.importing.array_kinds import GZIP
from vae.data.importing.exchange import ArrayFile
from vae.data.importing.found import Found, Part
from vae.data.importing.numbers import Numbers, check_size, rows_of
from vae.errors import DatasetError
from vae.files import open_regular
from vae.limits import Caps

__all__ = ["read_idx"]


def read_idx(files: Sequence[ArrayFile], caps: Caps) -> Found:
    """Read images and, where their file is there, labels. Raises DatasetError."""
    return Found(tuple(_part(file, caps) for file in files))


def _part(file: ArrayFile, caps: Caps) -> Part:
    labels = None
    if file.labels:
        blocks = list(_numbers(Path(file.labels), caps).blocks())
        labels = np.concatenate(blocks) if blocks else np.empty(0, np.uint8)
    return Part(_numbers(Path(file.path), caps), labels, file.is_test)


def _numbers(path: Path, caps: Caps) -> Numbers:
    with _opened(path) as file:
        try:
            shape = read_idx_shape(file)
        except ValueError as error:
            raise DatasetError(
                f"An IDX file of unsigned bytes was expected. Received: {error}"
            ) from None
    check_size(shape, 1, caps)
    return Numbers(shape, np.dtype(np.uint8), lambda: _blocks(path))


def _blocks(path: Path) -> Generator[np.ndarray]:
    with _opened(path) as file:
        yield from rows_of(file, read_idx_shape(file), np.dtype(np.uint8))


@contextmanager
def _opened(path: Path) -> Generator[IO[bytes]]:
    """Open a file, gzipped or not."""
    with open_regular(path) as file:
        is_gzipped = file.read(2) == GZIP
        file.seek(0)
        if is_gzipped:
            with gzip.open(file) as unpacked:
                yield cast(IO[bytes], unpacked)
        else:
            yield file
