"""The known data sets: Digits, and MNIST where it is on this machine."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import sys

import numpy as np
import pytest

from tests.data.tiny import KEYS
from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.data.specs import DATASETS
from vae.errors import DatasetError

# Dataset


def test_dataset_is_read_only_and_leaves_the_callers_arrays_alone():
    x, y = np.zeros((3, 4, 5, 1), np.uint8), np.zeros(3, np.uint8)
    dataset = Dataset("own", "Own", x, y, x, y, ("a",), "a test")
    assert dataset.image_shape == (4, 5, 1)
    for key in KEYS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(dataset, key)[0] = 1
    x[0] = 1
    assert "array" not in repr(dataset)


# Digits and names


def test_the_known_data_sets_in_order():
    assert {name: spec.title for name, spec in DATASETS.items()} == {
        "mnist": "MNIST",
        "fashion_mnist": "Fashion-MNIST",
        "digits": "Digits",
        "animals": "Animals",
        "kmnist": "KMNIST",
        "emnist_letters": "EMNIST letters",
        "emnist_balanced": "EMNIST balanced",
        "cifar10": "CIFAR-10",
        "cifar10_grey": "CIFAR-10 grey",
    }
    assert list(DATASETS)[:4] == ["mnist", "fashion_mnist", "digits", "animals"]  # of the examples
    classes = [len(set(spec.class_names)) for spec in DATASETS.values()]
    assert classes == [10, 10, 10, 10, 10, 26, 47, 10, 10]
    assert DATASETS["emnist_balanced"].class_names[35:39] == ("Z", "a", "b", "d")
    assert DATASETS["fashion_mnist"].class_names[9] == "Ankle boot"


def test_digits_need_no_file(data_dir):
    digits = load_dataset("digits", download=False)
    assert digits.x_train.shape == (1437, 8, 8, 1)
    assert digits.x_test.shape == (360, 8, 8, 1)
    assert digits.image_shape == (8, 8, 1)
    assert {getattr(digits, key).dtype for key in KEYS} == {np.dtype(np.uint8)}
    assert (digits.x_train.min(), digits.x_train.max()) == (0, 255)
    assert len(np.unique(digits.x_train)) == 17  # 0..16 stay 17 different levels
    assert digits.class_names == tuple("0123456789")
    assert find_dataset("digits") == digits.source == "scikit-learn's load_digits"
    # Stratified: each class has its share of the test images.
    assert set(np.bincount(digits.y_test)) <= {35, 36, 37}


def test_the_split_of_digits_never_changes():
    digits = load_dataset("digits")
    digest = hashlib.sha256(b"".join(getattr(digits, key).tobytes() for key in KEYS)).hexdigest()
    assert digest == "0c699ee1b3bc1bc500b40944070efde66a8c5e6e73662466fad20af5d1e65d7e"


@pytest.mark.parametrize("name", ["mine.npz", "pictures/", "/home/me/pictures"])
def test_of_a_path_it_says_what_to_do(name: str):
    with pytest.raises(
        DatasetError,
        match=r"your own: vae\.Dataset\.from_folder in Python, or python -m vae data add\. Rec",
    ):
        load_dataset(name)


@pytest.mark.parametrize("call", [load_dataset, find_dataset])
def test_an_unknown_name_is_named(call):
    with pytest.raises(DatasetError) as caught:
        call("MNIST")
    assert str(caught.value) == (
        f"The data set must be one of {', '.join(DATASETS)}. Received: MNIST."
    )


# What must stay out, and the real thing


def test_heavy_libraries_stay_out():
    code = (
        "import sys, vae.data.datasets as d; d.find_dataset('mnist'); light = set(sys.modules);"
        "d.load_dataset('digits');"
        "print({'sklearn', 'pooch', 'requests'} & light,"
        "{'tensorflow', 'keras', 'streamlit', 'torch'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout.strip(), result.returncode) == ("set() set()", 0), result.stderr


if find_dataset("mnist"):  # real data: through VAE_DATA_DIR, or in Keras's cache folder

    def test_the_real_mnist():
        mnist = load_dataset("mnist", download=False)
        assert mnist.x_train.shape == (60_000, 28, 28, 1)
        assert mnist.x_test.shape == (10_000, 28, 28, 1)
        assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]
        assert np.bincount(mnist.y_test).tolist() == [
            *(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
        ]

    def test_idx_checksums_are_the_published_ones_of_mnist(monkeypatch):
        # The same kind of checksum verifies Fashion-MNIST; here it meets the real data.
        published = {
            "x_train": "6bbc9ace898e44ae57da46a324031adb",
            "y_train": "a25bea736e30d166cdddb491f175f624",
            "x_test": "2646ac647ad5339dbf082846283269ea",
            "y_test": "27ae3e4e09519cfbb04c329615203637",
        }
        spec = DATASETS["mnist"]
        arrays = {
            key: dataclasses.replace(spec.arrays[key], checksum=f"idx-md5:{checksum}")
            for key, checksum in published.items()
        }
        monkeypatch.setitem(DATASETS, "mnist", dataclasses.replace(spec, arrays=arrays))
        assert len(load_dataset("mnist", download=False).x_train) == 60_000
