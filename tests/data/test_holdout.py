"""Test images of a data set whose maker has chosen none."""

from __future__ import annotations

import numpy as np
import pytest

from vae.data.holdout import hold_out

LABELS = np.repeat([0, 1, 2], 40)


@pytest.fixture
def images() -> np.ndarray:
    """Of each class 40 images of 2 x 2 pixels; of the first 30, ten have two copies each."""
    images = np.random.default_rng(0).integers(0, 256, (120, 2, 2), np.uint8)
    for start in (0, 40, 80):
        images[start + 10 : start + 20] = images[start : start + 10]
        images[start + 20 : start + 30] = images[start : start + 10]
    return images


@pytest.mark.parametrize("of_each_class", [1, 2, 7, 8])
def test_each_class_has_as_many_and_every_image_is_on_one_side(images, of_each_class):
    train, test = hold_out(images, LABELS, of_each_class)
    assert np.bincount(LABELS[test]).tolist() == [of_each_class] * 3
    assert np.sort([*train, *test]).tolist() == list(range(120))


@pytest.mark.parametrize("seed", range(5))
def test_no_test_image_has_a_copy_among_training_images(images, seed):
    train, test = hold_out(images, LABELS, 8, seed)
    known = {image.tobytes() for image in images[train]}
    assert not any(image.tobytes() in known for image in images[test])
    # Some of the copies are held out: they are not merely left to training.
    assert len({image.tobytes() for image in images[test]}) < len(test)


def test_both_are_mixed(images):
    for part in hold_out(images, LABELS, 8):
        first, last = np.array_split(LABELS[part], 2)
        for half in (first, last):
            assert set(half) == {0, 1, 2}


def test_the_first_are_of_all_classes_alike():
    # Training images are not those first for which there was no room among the test images.
    images = np.arange(10_000, dtype=np.int32)
    labels = np.repeat(np.arange(10), 1000)
    for part in hold_out(images, labels, 200):
        for some in (labels[part[:300]], labels[part[-300:]]):
            counts = np.bincount(some, minlength=10)
            assert ((counts - 30) ** 2 / 30).sum() < 28  # chi-squared, 9 degrees: 1 in 1,000


def test_the_same_images_give_the_same_split(images):
    one, other = hold_out(images, LABELS, 8), hold_out(images.copy(), LABELS, 8)
    assert all(map(np.array_equal, one, other))
    assert not np.array_equal(one[1], hold_out(images, LABELS, 8, seed=1)[1])


def test_copies_of_several_classes_count_for_each_of_them():
    images = np.random.default_rng(1).integers(0, 256, (43, 2, 2), np.uint8)
    images[40:] = images[0]  # of class 0, as three more of class 1, which has no other
    labels = np.array([0] * 40 + [1] * 3)
    for seed in range(20):
        train, _ = hold_out(images, labels, np.array([20, 1]), seed)
        assert np.bincount(labels[train], minlength=2)[1] == 3
