"""Reading IDX, the format of MNIST's own files: images, and labels in a file beside them."""

from __future__ import annotations

import gzip
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np

from vae.data.idx import read_idx_shape
from vae.data.importing.array_kinds import GZIP
from vae.data.importing.found import Found, Part
from vae.data.importing.numbers import Numbers, check_size, rows_of
from vae.errors import DatasetError
from vae.files import open_regular
from vae.limits import Caps

__all__ = ["read_idx"]


def read_idx(path: Path, labels: Path | None, caps: Caps) -> Found:
    """Read images and, where their file is there, labels. Raises DatasetError."""
    values = None
    if labels is not None:
        blocks = list(_numbers(labels, caps).blocks())
        values = np.concatenate(blocks) if blocks else np.empty(0, np.uint8)
    return Found((Part(_numbers(path, caps), values),))


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
