"""What will hurt a model is said of each thing that does, and of nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from vae.data.datasets import Dataset
from vae.data.health import health


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Noise that a blur has made smooth: no two look alike."""
    random = np.random.default_rng(0)
    return random.integers(0, 256, (1600, 16, 16), np.uint8)


def dataset(images: np.ndarray, labels: np.ndarray, is_test: np.ndarray | None = None) -> Dataset:
    return Dataset.from_arrays("some", images, labels, is_test=is_test)


def test_nothing_hurts(pictures: np.ndarray, digits: Dataset) -> None:
    assert health(dataset(pictures, np.arange(1600) % 4)) == []
    assert health(digits) == []


def test_few_images(pictures: np.ndarray) -> None:
    (said,) = health(dataset(pictures[:1200], np.arange(1200) % 4))
    assert said.startswith("Only 960 training images")


def test_uneven_and_small_classes(pictures: np.ndarray) -> None:
    labels = np.zeros(1600, int)
    labels[:20] = 1
    said = health(dataset(pictures, labels))
    assert said == [
        "Fewer than 20 training images: 1.",
        "Uneven classes: 1,264 of 0, 16 of 1. A model learns the large ones best, and accuracy "
        "counts them most.",
    ]


def test_one_class(pictures: np.ndarray) -> None:
    (said,) = health(dataset(pictures, np.zeros(1600, int)))
    assert said.startswith("All images are of one class")


def test_blanks_and_copies(pictures: np.ndarray) -> None:
    images = pictures.copy()
    images[:5] = np.arange(5, dtype=np.uint8)[:, None, None]  # of one colour each
    images[10:13] = images[13]
    is_test = np.arange(1600) >= 1200
    said = health(dataset(images, np.arange(1600) % 4, is_test))
    assert said == [
        "Images of one colour throughout: 5. Nothing can be learned from them.",
        "Copies of others among the training images: 3.",
    ]


@pytest.mark.parametrize("change", ["same", "saved again"])
def test_test_images_that_were_trained_on(change: str, pictures: np.ndarray) -> None:
    images, is_test = pictures.copy(), np.arange(1600) >= 1200
    images[1200:1207] = images[:7]
    if change == "saved again":  # as a JPEG is: a few grey levels off
        noise = np.random.default_rng(1).integers(-4, 5, (7, 16, 16))
        images[1200:1207] = np.clip(images[:7].astype(int) + noise, 0, 255)
    (said,) = health(dataset(images, np.arange(1600) % 4, is_test))
    assert said.startswith("Test images that are nearly a training image: 7.")


def test_pictures_of_one_shape_in_other_colours_are_not_the_same() -> None:
    random = np.random.default_rng(0)
    colors = random.integers(0, 256, (1500, 1, 1, 3), np.uint8)
    images = np.broadcast_to(colors, (1500, 16, 16, 3)).copy()
    images[:, 4:12, 4:12] = 255 - images[:, 4:12, 4:12]
    said = health(Dataset.from_arrays("some", images, np.arange(1500) % 3))
    # Of 300; all of them were if only the grey of a colour counted.
    assert "nearly a training image: 46." in " ".join(said)
