"""A data set that cannot be trained is refused when it is made, in one sentence."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.data.specs import DATASETS
from vae.errors import DatasetError


def images(count: int, *shape: int, dtype: Any = np.uint8) -> np.ndarray:
    return np.zeros((count, *(shape or (8, 8, 1))), dtype)


def make(**changes: Any) -> Dataset:
    """A data set of six training images and two test images in two classes, with changes."""
    labels = np.array([0, 1, 0, 1, 0, 1], np.uint8)
    parts = {"x_train": images(6), "y_train": labels, "x_test": images(2), "y_test": labels[:2]}
    names = {"name": "own", "title": "Own", "class_names": ("a", "b"), "source": "a test"}
    return Dataset(**parts | names | changes)


class TestRefused:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"x_train": images(6, dtype=np.float32)}, "uint8 images .* Received: x_train float32"),
            ({"x_test": images(2, dtype=np.int64)}, "uint8 images .* Received: x_test int64"),
            ({"x_train": images(6, 8, 8)}, r"uint8 images .* Received: x_train uint8 \(6, 8, 8\)"),
            ({"x_train": images(6, 8, 8, 2)}, "1 or 3 channels. Received: x_train"),
            ({"x_train": images(6, 8, 8, 4)}, "1 or 3 channels. Received: x_train"),
            ({"x_test": images(2, 9, 8, 1)}, r"one shape. Received: \(8, 8, 1\) and \(9, 8, 1\)"),
            ({"x_train": images(5)}, "one label for each .* 5 images and 6 labels in the training"),
            ({"x_test": images(3)}, "one label for each .* 3 images and 2 labels in the test"),
            (
                {"x_test": images(0), "y_test": np.zeros(0, np.uint8)},
                r"at least one training image and one test image. Received: x_test \(0, 8, 8, 1\)",
            ),
            (
                {"x_train": images(0), "y_train": np.zeros(0, np.uint8)},
                r"at least one training image and one test image. Received: x_train",
            ),
            ({"x_train": images(6, 0, 8, 1)}, "at least one training image"),
            (
                {"y_train": np.full(6, 200)},
                "labels must be from 0 to 1. Received: y_train from 200",
            ),
            ({"y_train": np.full(6, -1)}, "labels must be from 0 to 1. Received: y_train from -1"),
            (
                {"y_train": np.array([1, 2, 1, 2, 1, 2])},
                "These seem to count from 1: subtract 1. Received: y_train from 1 to 2",
            ),
            ({"y_test": np.array([2, 1])}, "subtract 1. Received: y_test from 1 to 2"),
            ({"y_train": np.zeros(6)}, "whole numbers .* Received: y_train float64"),
            (
                {"y_train": np.zeros((6, 1), int)},
                r"whole numbers .* Received: y_train int64 \(6, 1\)",
            ),
            ({"y_test": None}, "let all be 0 and name one class: .* Received: y_test None"),
            ({"y_train": np.array(list("ababab"))}, "whole numbers .* Received: y_train <U1"),
            ({"class_names": ()}, r"class names.* Received: \(\)"),
            ({"class_names": "ab"}, "class names.* Received: 'ab'"),
            ({"class_names": None}, "class names.* Received: None"),
            ({"class_names": ("a", " ")}, "class names.* Received: ' '"),
            ({"class_names": ("a", 2)}, "class names.* Received: 2"),
            ({"class_names": ("a", "a")}, "class names.* Received: 'a' twice"),
            ({"class_names": [str(n) for n in range(257)]}, "at most 256 classes. Received: 257"),
            ({"name": ""}, "name is a short word or a few.* Received: ''"),
            ({"name": "../own"}, "name is a short word or a few.* Received: '../own'"),
            ({"name": "own\n"}, "name is a short word or a few"),
            ({"name": 3}, "name is a short word or a few.* Received: 3"),
            ({"title": " "}, "needs a title. Received: ' '"),
        ],
    )
    def test_in_one_sentence(self, changes: dict[str, Any], words: str) -> None:
        with pytest.raises(DatasetError, match=words) as caught:
            make(**changes)
        assert "\n" not in str(caught.value)


class TestAccepted:
    @pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.int64, np.uint64])
    def test_labels_of_any_integer_type(self, dtype: Any) -> None:
        dataset = make(y_train=np.array([0, 1, 1, 0, 1, 1], dtype))
        assert dataset.y_train.dtype == np.uint8
        assert dataset.y_train.tolist() == [0, 1, 1, 0, 1, 1]

    def test_lists_of_labels_and_of_names(self) -> None:
        dataset = make(y_train=[0, 1, 1, 0, 1, 1], class_names=["cat", "dog"])
        assert (dataset.y_train.dtype, dataset.class_names) == (np.uint8, ("cat", "dog"))

    @pytest.mark.parametrize("name", ["own", "my digits", "Blüten-2", "v1.5_b"])
    def test_names(self, name: str) -> None:
        assert make(name=name).name == name

    def test_one_image_of_each_part_and_one_class(self) -> None:
        one = np.zeros(1, np.uint8)
        small = make(
            x_train=images(1, 8, 9, 3),
            y_train=one,
            x_test=images(1, 8, 9, 3),
            y_test=one,
            class_names=("a",),
        )
        assert (small.image_shape, small.classes) == ((8, 9, 3), 1)

    def test_without_training_images(self) -> None:
        dataset = make()
        fingerprint = dataset.fingerprint
        rest = dataset.without_training_images()
        assert rest.x_train.shape == (0, 8, 8, 1)
        assert (rest.image_shape, len(rest.x_test)) == ((8, 8, 1), 2)
        assert (len(dataset.x_train), rest.fingerprint) == (6, fingerprint)


class TestFingerprint:
    @pytest.mark.parametrize("name", [name for name, spec in DATASETS.items() if spec.fingerprint])
    def test_of_the_known_data_sets(self, name: str) -> None:
        if find_dataset(name) is None:
            pytest.skip(f"needs {name}")
        dataset, spec = load_dataset(name, download=False), DATASETS[name]
        assert (dataset.fingerprint, dataset.image_shape) == (spec.fingerprint, spec.image_shape)

    def test_of_the_same_images_is_the_same(self) -> None:
        assert make().fingerprint == make(name="other", y_train=[0, 1] * 3).fingerprint

    @pytest.mark.parametrize(
        "changes",
        [
            {"x_train": images(6) + np.uint8(1)},
            {"x_test": images(2) + np.uint8(1)},
            {"y_train": np.array([1, 0, 0, 1, 0, 1])},
            {"x_train": images(6, 4, 16, 1), "x_test": images(2, 4, 16, 1)},
        ],
    )
    def test_of_others_is_another(self, changes: dict[str, Any]) -> None:
        assert make(**changes).fingerprint != make().fingerprint

    def test_of_arrays_that_are_views(self) -> None:
        wide = np.random.default_rng(0).integers(0, 256, (6, 8, 16, 1), np.uint8)
        view, copy = wide[:, :, ::2], wide[:, :, ::2].copy()
        assert make(x_train=view).fingerprint == make(x_train=copy).fingerprint

    def test_replacing_images_replaces_it(self, digits: Dataset) -> None:
        before = digits.fingerprint
        part = dataclasses.replace(digits, x_test=digits.x_test[:9], y_test=digits.y_test[:9])
        assert part.fingerprint != before
