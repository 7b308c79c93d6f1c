"""Files of the formats of KMNIST, EMNIST and CIFAR-10, of a few made images, and their specs."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import tarfile
import zipfile

import numpy as np

from tests.data.tiny import KEYS, idx_bytes
from vae.data.dataset_spec import DatasetSpec
from vae.data.download import RemoteFile
from vae.data.specs import DATASETS


def made_arrays(classes: int, shape: tuple[int, ...], first: int = 0) -> dict[str, np.ndarray]:
    """Two training images a class and one for tests, as they lie in the files; labels too."""
    random, labels = np.random.default_rng(0), np.arange(first, first + classes, dtype=np.uint8)
    train, test = np.tile(labels, 2), labels
    images = [random.integers(0, 256, (len(each), *shape), np.uint8) for each in (train, test)]
    return dict(zip(KEYS, (images[0], train, images[1], test), strict=True))


def kmnist_files(arrays: dict[str, np.ndarray]) -> dict[str, bytes]:
    paths = [file.path for file in DATASETS["kmnist"].files]
    packed = [gzip.compress(idx_bytes(each)) for each in arrays.values()]
    return dict(zip(paths, packed, strict=True))


def emnist_files(parts: dict[str, dict[str, np.ndarray]]) -> dict[str, bytes]:
    """A zip of parts by name, beside others that nobody needs."""
    content = io.BytesIO()
    kinds = ("train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1")
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("gzip/emnist-byclass-mapping.txt", "0 48\n")
        for part, arrays in parts.items():
            for kind, array in zip(kinds, arrays.values(), strict=True):
                packed = gzip.compress(idx_bytes(array))
                archive.writestr(f"gzip/emnist-{part}-{kind}-ubyte.gz", packed)
    return {"emnist/gzip.zip": content.getvalue()}


def cifar10_files(arrays: dict[str, np.ndarray]) -> dict[str, bytes]:
    """A tar of six batches: images (N, 3, 32, 32), those for training dealt into five."""
    content = io.BytesIO()
    labelled = [(arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test")]
    batches = [(images[:], labels[:]) for images, labels in labelled[1:]]
    images, labels = labelled[0]
    dealt = zip(np.array_split(images, 5), np.array_split(labels, 5), strict=True)
    names = ["test_batch", *(f"data_batch_{number}" for number in range(1, 6))]
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, (pixels, classes) in zip(names, [*batches, *dealt], strict=True):
            records = np.concatenate([classes[:, None], pixels.reshape(len(pixels), -1)], axis=1)
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
            member.size = records.size
            archive.addfile(member, io.BytesIO(records.tobytes()))
    return {"cifar-10/cifar-10-binary.tar.gz": content.getvalue()}


def made_spec(name: str, files: dict[str, bytes], address: str) -> DatasetSpec:
    """What is known of a data set, if these are its files and lie at that address."""
    remote = tuple(
        RemoteFile(path, address + path, hashlib.sha256(content).hexdigest(), len(content))
        for path, content in files.items()
    )
    return dataclasses.replace(DATASETS[name], files=remote)
