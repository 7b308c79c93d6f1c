"""Data sets: finding, downloading, reading and verifying them; images stay uint8."""

from __future__ import annotations

import copy
import hashlib
import importlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from vae.data.array_files import ArraySpec
from vae.data.dataset_checks import (
    check_names,
    check_pair,
    checked_class_names,
    checked_images,
    checked_labels,
)
from vae.data.dataset_files import DatasetSpec, Package, fetch, locate, read_arrays
from vae.data.download import OnProgress, RemoteFile
from vae.data.holdout import hold_out
from vae.errors import DatasetError

__all__ = ["DATASETS", "Dataset", "find_dataset", "load_dataset"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels, split into training and test.

    Images: uint8 (N, H, W, C), 0 to 255, with 1 or 3 channels. Labels: whole numbers (N,), indices
    into class_names, which become uint8. The arrays are read-only, since all visitors share them.
    Raises DatasetError for what no model could learn from.
    """

    name: str
    title: str
    x_train: np.ndarray = field(repr=False)
    y_train: np.ndarray = field(repr=False)
    x_test: np.ndarray = field(repr=False)
    y_test: np.ndarray = field(repr=False)
    class_names: tuple[str, ...]
    source: str  # where the data came from: a path, or a few words

    def __post_init__(self) -> None:
        check_names(self.name, self.title)
        object.__setattr__(self, "class_names", checked_class_names(self.class_names, self.title))
        for part, words in (("train", "training"), ("test", "test")):
            x, y = f"x_{part}", f"y_{part}"
            images = checked_images(getattr(self, x), x, self.title)
            labels = checked_labels(getattr(self, y), y, self.title, self.classes)
            self._set(x, images)
            check_pair(images, labels, self.image_shape, words, self.title)
            self._set(y, labels)

    def _set(self, name: str, array: np.ndarray) -> None:
        view = array.view()  # the caller's own array stays writeable
        view.flags.writeable = False
        object.__setattr__(self, name, view)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of one image."""
        return self.x_train.shape[1:]

    @property
    def classes(self) -> int:
        """How many classes the labels tell apart."""
        return len(self.class_names)

    @cached_property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that other images or labels would not have; 60 ms for MNIST."""
        digest = hashlib.blake2b(digest_size=16)
        for array in (self.x_train, self.y_train, self.x_test, self.y_test):
            digest.update(f"{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def without_training_images(self) -> Dataset:
        """Return the same data set with an empty training part, for who needs the test alone."""
        rest = copy.copy(self)  # not made anew: that wants training images
        for name in ("x_train", "y_train"):
            rest._set(name, getattr(self, name)[:0].copy())
        return rest


def _keras_file(path: str, sha256: str, size: int) -> RemoteFile:
    """A file that Keras downloads too; `path` is its place in Keras's cache folder."""
    folder = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
    return RemoteFile(path, folder + path.rpartition("/")[2], sha256, size)


# What is verified, and how:
# - On every load, from whatever file: each array. MNIST and Animals by the SHA-256 of raw bytes.
#   Fashion-MNIST by the MD5 of its uncompressed idx files, which several independent projects
#   publish alike: the one known checksum that does not depend on how a file was compressed.
# - On a download: each file. mnist.npz by the SHA-256 that Keras has. Keras has none for
#   Fashion-MNIST; those SHA-256 are torchvision's (prototype.datasets), for the files whose MD5
#   are in Zalando's README. Keras's copies have the same sizes, to the byte.
DATASETS: dict[str, DatasetSpec] = {
    "mnist": DatasetSpec(
        title="MNIST",
        class_names=tuple("0123456789"),
        image_shape=(28, 28, 1),
        fingerprint="e11681e74fd3b5a8ce0a18c1f91d45d1",
        archive="mnist.npz",
        files=(
            _keras_file(
                "mnist.npz",
                "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
                11_490_434,
            ),
        ),
        arrays={
            "x_train": ArraySpec(
                (60_000, 28, 28),
                "sha256:741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
            ),
            "y_train": ArraySpec(
                (60_000,),
                "sha256:1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
            ),
            "x_test": ArraySpec(
                (10_000, 28, 28),
                "sha256:6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
            ),
            "y_test": ArraySpec(
                (10_000,),
                "sha256:ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
            ),
        },
    ),
    "fashion_mnist": DatasetSpec(
        title="Fashion-MNIST",
        class_names=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        image_shape=(28, 28, 1),
        fingerprint="358fc9af3df79a5f07832788c25c0a85",
        archive="fashion_mnist.npz",
        idx_folder="fashion-mnist",
        files=(  # in the order of `arrays`
            _keras_file(
                "fashion-mnist/train-images-idx3-ubyte.gz",
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                26_421_880,
            ),
            _keras_file(
                "fashion-mnist/train-labels-idx1-ubyte.gz",
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                29_515,
            ),
            _keras_file(
                "fashion-mnist/t10k-images-idx3-ubyte.gz",
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                4_422_102,
            ),
            _keras_file(
                "fashion-mnist/t10k-labels-idx1-ubyte.gz",
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                5_148,
            ),
        ),
        arrays={
            "x_train": ArraySpec((60_000, 28, 28), "idx-md5:f4a8712d7a061bf5bd6d2ca38dc4d50a"),
            "y_train": ArraySpec((60_000,), "idx-md5:9018921c3c673c538a1fc5bad174d6f9"),
            "x_test": ArraySpec((10_000, 28, 28), "idx-md5:8181f5470baa50b63fa0f6fddb340f0a"),
            "y_test": ArraySpec((10_000,), "idx-md5:15d484375f8d13e6eb1aabb0c3f46965"),
        },
    ),
    "digits": DatasetSpec(
        title="Digits",
        class_names=tuple("0123456789"),
        image_shape=(8, 8, 1),
        fingerprint="f60a56a3706ef0cf1c436f89691406b6",
    ),
    "animals": DatasetSpec(
        title="Animals",
        class_names=(
            "bear",
            "bird",
            "cat",
            "cow",
            "dog",
            "elephant",
            "giraffe",
            "horse",
            "sheep",
            "zebra",
        ),
        image_shape=(28, 28, 1),
        fingerprint="0ac6bb470c0e70753a13888cb7c1feb6",
        archive="animals.npz",
        held_out=200,
        package=Package(
            name="animal_mnist",
            licence="MIT licence, Copyright (c) 2025 SinaSR-6",
            files=(
                "data/Animal_MNIST/animal_data_version_3.gz",
                "data/Animal_MNIST/animal_label_version_3.gz",
            ),
        ),
        arrays={
            "images": ArraySpec(
                (10_000, 28, 28),
                "sha256:3d1bb93498a7f7cb5a4c0d5dc57d57d78adc2ac1722398921542a7515172c46f",
            ),
            "labels": ArraySpec(
                (10_000,),
                "sha256:a054c239a40ee7f2a5745e7e4bc11a51e9cb40c98134b602c1068e6a207487c6",
            ),
        },
    ),
}
_DIGITS_SOURCE = "scikit-learn's load_digits"


def find_dataset(name: str) -> str | None:
    """Say where on this machine the data set is, without reading it; None if it is not there.

    Raises DatasetError for an unknown name.
    """
    spec = _spec(name)
    if not spec.arrays:
        return _DIGITS_SOURCE
    location = locate(spec)
    return None if location is None else str(location)


def load_dataset(
    name: str, *, download: bool = True, on_progress: OnProgress | None = None
) -> Dataset:
    """Load and verify a data set; one that is not on this machine is downloaded, where it can be.

    Looks into the folder VAE_DATA_DIR, then into Keras's cache folder; for Animals also into the
    package animal_mnist. While a download runs, on_progress(done_bytes, total_bytes) is called;
    without it a bar goes to standard error. Raises DatasetError for an unknown name and for data
    that is missing, damaged or foreign.
    """
    spec = _spec(name)
    if spec.arrays:
        location = locate(spec) or fetch(spec, download, on_progress)
        source, arrays = str(location), read_arrays(spec, location)
    else:
        source, arrays = _DIGITS_SOURCE, _load_digits()
    if spec.held_out:
        arrays = _split(arrays["images"], arrays["labels"], spec.held_out)
    # (N, H, W) -> (N, H, W, 1)
    arrays = {key: array[..., None] if array.ndim == 3 else array for key, array in arrays.items()}
    return Dataset(
        name=name, title=spec.title, class_names=spec.class_names, source=source, **arrays
    )


def _spec(name: str) -> DatasetSpec:
    if name not in DATASETS:
        raise DatasetError(f"The data set must be one of {', '.join(DATASETS)}. Received: {name}.")
    return DATASETS[name]


def _load_digits() -> dict[str, np.ndarray]:
    """Read scikit-learn's 1,797 digits of 8 x 8 pixels; a fixed 360 of them are the test images."""
    # Slow to import, and without types.
    datasets: Any = importlib.import_module("sklearn.datasets")
    model_selection: Any = importlib.import_module("sklearn.model_selection")
    pixels, targets = datasets.load_digits(return_X_y=True)
    images = np.rint(pixels.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)  # 0..16 -> 0..255
    labels = targets.astype(np.uint8)
    parts = model_selection.train_test_split(
        images, labels, test_size=360, stratify=labels, random_state=0
    )
    names = ("x_train", "x_test", "y_train", "y_test")
    return dict(zip(names, parts, strict=True))


def _split(images: np.ndarray, labels: np.ndarray, held_out: int) -> dict[str, np.ndarray]:
    """Split images (N, H, W) into those for training and, of each class, some for tests."""
    train, test = hold_out(images, labels, held_out)
    return {
        "x_train": images[train],
        "y_train": labels[train],
        "x_test": images[test],
        "y_test": labels[test],
    }
