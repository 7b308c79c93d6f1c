"""Data sets that are known under real names and hold eight images."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import sys

import numpy as np
import pytest

from tests.data.tiny import KEYS, animal_arrays, animal_spec, idx_bytes
from vae.data.array_files import ArraySpec
from vae.data.specs import DATASETS


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    """An empty VAE_DATA_DIR, a Keras cache that is empty too, and no package with data."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("VAE_DATA_DIR", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setitem(sys.modules, "animal_mnist", None)
    return folder


@pytest.fixture
def arrays():
    """Six training and two test images, with the shapes of MNIST otherwise."""
    generator = np.random.default_rng(0)
    return {
        key: generator.integers(0, 10 if key.startswith("y") else 256, shape, np.uint8)
        for key, shape in zip(KEYS, [(6, 28, 28), (6,), (2, 28, 28), (2,)], strict=True)
    }


@pytest.fixture
def tiny_mnist(data_dir, arrays, monkeypatch):
    """Make the tiny arrays what "mnist" is expected to be; return where to put its file."""
    specs = {
        key: ArraySpec(array.shape, f"sha256:{hashlib.sha256(array.tobytes()).hexdigest()}")
        for key, array in arrays.items()
    }
    monkeypatch.setitem(DATASETS, "mnist", dataclasses.replace(DATASETS["mnist"], arrays=specs))
    return data_dir / "mnist.npz"


@pytest.fixture
def tiny_fashion(data_dir, arrays, monkeypatch):
    """Make the tiny arrays what "fashion_mnist" is expected to be; return the files' contents."""
    specs = {
        key: ArraySpec(array.shape, f"idx-md5:{hashlib.md5(idx_bytes(array)).hexdigest()}")
        for key, array in arrays.items()
    }
    spec = dataclasses.replace(DATASETS["fashion_mnist"], arrays=specs)
    monkeypatch.setitem(DATASETS, "fashion_mnist", spec)
    return {
        file.path: gzip.compress(idx_bytes(array))
        for file, array in zip(spec.files, arrays.values(), strict=True)
    }


@pytest.fixture
def tiny_animals(data_dir, monkeypatch):
    """Make 60 images what "animals" is expected to be, one of each class for tests; return them."""
    arrays = animal_arrays()
    monkeypatch.setitem(DATASETS, "animals", animal_spec(arrays))
    return arrays
