"""Files of data sets that are known under real names and hold eight images."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from vae.data.datasets import load_dataset
from vae.errors import DatasetError

KEYS = ("x_train", "y_train", "x_test", "y_test")


def idx_bytes(array):
    """The bytes of an array as an IDX file holds it."""
    return struct.pack(f">I{array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


def write_files(folder: Path, contents: dict[str, bytes]) -> None:
    for path, content in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def error_of(name, **options):
    with pytest.raises(DatasetError) as caught:
        load_dataset(name, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message
