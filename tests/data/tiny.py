"""Files of data sets that are known under real names and hold eight images."""

from __future__ import annotations

import dataclasses
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from vae.data.array_files import ArraySpec
from vae.data.datasets import load_dataset
from vae.data.specs import DATASETS
from vae.errors import DatasetError

KEYS = ("x_train", "y_train", "x_test", "y_test")


def idx_bytes(array):
    """The bytes of an array as an IDX file holds it."""
    return struct.pack(f">I{array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


def animal_arrays(each=6):
    """Images and labels, as many of each class; the second of each is a copy of the first."""
    images = np.random.default_rng(0).integers(0, 256, (10 * each, 28, 28), np.uint8)
    images[1::each] = images[::each]
    return {"images": images, "labels": np.repeat(np.arange(10, dtype=np.uint8), each)}


def animal_spec(arrays):
    """What "animals" is expected to be, if these are all; one of each class is for tests."""
    specs = {
        key: ArraySpec(array.shape, f"sha256:{hashlib.sha256(array.tobytes()).hexdigest()}")
        for key, array in arrays.items()
    }
    return dataclasses.replace(DATASETS["animals"], arrays=specs, held_out=1)


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
