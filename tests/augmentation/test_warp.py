"""Classical augmentation keeps labels: an image moves a little and stays what it is."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import ROOT
from vae.augmentation.warp import RandomWarp
from vae.data.datasets import Dataset
from vae.evaluation.digit_classifier import classify


def warped(images: np.ndarray, **settings: float) -> np.ndarray:
    return np.asarray(RandomWarp(**settings)(images, training=True))


def test_it_does_nothing_outside_training(digits: Dataset) -> None:
    images = digits.x_test[:4] / np.float32(255)
    np.testing.assert_array_equal(RandomWarp()(images), images)


def test_without_any_movement_an_image_is_itself(digits: Dataset) -> None:
    images = digits.x_test[:4] / np.float32(255)
    still = warped(images, shift=0.0, turn=0.0, scale=0.0, bend=0.0)
    np.testing.assert_allclose(still, images, atol=1e-5)


def test_each_image_moves_in_its_own_way() -> None:
    images = np.zeros((50, 28, 28, 1), np.float32)
    images[:, 10:18, 10:18] = 1.0
    moved = warped(images)
    assert moved.shape == images.shape
    assert moved.min() >= 0.0
    assert moved.max() <= 1.0
    assert len({image.tobytes() for image in moved}) == 50


def test_labels_are_kept() -> None:
    """The centre of a blob moves by a few pixels at most: a mark left of the centre stays left."""
    images = np.zeros((400, 28, 28, 1), np.float32)
    images[:200, 12:16, 6:10] = 1.0  # left
    images[200:, 12:16, 18:22] = 1.0  # right
    moved = warped(images)
    columns = np.arange(28)
    centres = (moved.sum(axis=(1, 3)) * columns).sum(axis=1) / moved.sum(axis=(1, 2, 3))
    assert (centres[:200] < 13.5).all()
    assert (centres[200:] > 13.5).all()
    assert np.abs(centres[:200] - 7.5).max() < 7.0


def test_a_classifier_that_saw_no_warped_digit_reads_them() -> None:
    with np.load(ROOT / "vae/pretrained/mnist-classifier/snapshots/fixed.npz") as fixed:
        images, labels = fixed["images"], fixed["labels"][:10]
    moved = np.concatenate([warped(images / np.float32(255), seed=seed) for seed in range(20)])
    _, probabilities = classify(moved)
    assert (probabilities.argmax(axis=1) == np.tile(labels, 20)).mean() > 0.9


@pytest.mark.parametrize("shape", [(3, 12, 9, 3), (1, 8, 8, 1)])
def test_any_shape(shape: tuple[int, ...]) -> None:
    images = np.random.default_rng(0).random(shape).astype(np.float32)
    assert warped(images).shape == shape


def test_the_same_seed_the_same_images(digits: Dataset) -> None:
    images = digits.x_test[:4] / np.float32(255)
    np.testing.assert_array_equal(warped(images, seed=3), warped(images, seed=3))
