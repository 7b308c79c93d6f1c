"""The data sets that are downloaded as their makers store them, and converted once to one npz."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from vae.data.dataset_spec import DatasetSpec
from vae.data.download import RemoteFile
from vae.data.originals import read_cifar10, read_emnist, read_idx_files

__all__ = ["CONVERTED"]

# SHA-256 and sizes: tensorflow/datasets, kmnist.txt, emnist.txt and cifar10.txt of the folder
# tensorflow_datasets/url_checksums at commit 333639b37af6c6fedf3610a4a2d42f1c6ef6f7d5. Nobody
# publishes checksums of the arrays.


def _kmnist_file(name: str, sha256: str, size: int) -> RemoteFile:
    """A file of Kuzushiji-MNIST (Clanuwat et al. 2018; CC BY-SA 4.0)."""
    address = f"http://codh.rois.ac.jp/kmnist/dataset/kmnist/{name}"
    return RemoteFile(f"kmnist/{name}", address, sha256, size)


EMNIST = RemoteFile(
    "emnist/gzip.zip",
    "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip",
    "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
    561_753_746,
)
CIFAR10 = RemoteFile(
    "cifar-10/cifar-10-binary.tar.gz",
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    170_052_171,
)
CAPITALS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)


def _emnist(part: str, class_names: tuple[str, ...], first_label: int = 0) -> DatasetSpec:
    """A part of Cohen et al. 2017. Letters: a class holds both cases of its letter."""
    return DatasetSpec(
        title=f"EMNIST {part}",
        class_names=class_names,
        image_shape=(28, 28, 1),
        archive=f"emnist_{part}.npz",
        folder="emnist",
        files=(EMNIST,),
        convert=partial(read_emnist, part=part, first_label=first_label),
    )


# Krizhevsky 2009; one npz for both, from which grey images are made as they are read.
CIFAR10_COLOR = DatasetSpec(
    title="CIFAR-10",
    class_names=CIFAR10_CLASSES,
    image_shape=(32, 32, 3),
    archive="cifar10.npz",
    folder="cifar-10",
    files=(CIFAR10,),
    convert=read_cifar10,
)

CONVERTED: dict[str, DatasetSpec] = {
    "kmnist": DatasetSpec(
        title="KMNIST",
        class_names=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        image_shape=(28, 28, 1),
        archive="kmnist.npz",
        folder="kmnist",
        files=(
            _kmnist_file(
                "train-images-idx3-ubyte.gz",
                "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
                18_165_135,
            ),
            _kmnist_file(
                "train-labels-idx1-ubyte.gz",
                "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
                29_497,
            ),
            _kmnist_file(
                "t10k-images-idx3-ubyte.gz",
                "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
                3_041_136,
            ),
            _kmnist_file(
                "t10k-labels-idx1-ubyte.gz",
                "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
                5_120,
            ),
        ),
        convert=read_idx_files,
    ),
    "emnist_letters": _emnist("letters", CAPITALS, first_label=1),
    # Both cases of the other fifteen letters, which look alike, are one class.
    "emnist_balanced": _emnist("balanced", (*"0123456789", *CAPITALS, *"abdefghnqrt")),
    "cifar10": CIFAR10_COLOR,
    "cifar10_grey": replace(
        CIFAR10_COLOR, title="CIFAR-10 grey", image_shape=(32, 32, 1), grey=True
    ),
}
