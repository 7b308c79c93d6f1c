"""The data sets that are offered: what is known of each before it is read, checksums included."""

from __future__ import annotations

from vae.data.array_files import ArraySpec
from vae.data.converted_specs import CONVERTED
from vae.data.dataset_spec import DatasetSpec, Package
from vae.data.download import RemoteFile

__all__ = ["DATASETS", "DatasetSpec", "Package"]


def _keras_file(path: str, sha256: str, size: int) -> RemoteFile:
    """A file that Keras downloads too; `path` is where it lies in Keras's cache folder."""
    folder = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
    return RemoteFile(path, folder + path.rpartition("/")[2], sha256, size)


# What is verified, and how:
# - On every load, from whatever file: each array. MNIST and Animals by the SHA-256 of raw bytes.
#   Fashion-MNIST by the MD5 of its uncompressed idx files, which several independent projects
#   publish alike: the one known checksum that does not depend on how a file was compressed.
# - On a download: each file. mnist.npz by the SHA-256 that Keras has. Keras has none for
#   Fashion-MNIST; those SHA-256 are torchvision's (prototype.datasets), for the files whose MD5
#   are in Zalando's README. Keras's copies have the same sizes, to the byte.
# - Of `CONVERTED`: each downloaded file before it is converted, and then what was made of it.
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
        folder="fashion-mnist",
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
    **CONVERTED,
}
