"""Reference lines, against sums that are written out."""

from __future__ import annotations

import numpy as np
import pytest

from vae.config.settings import BINARISATIONS
from vae.data.binarisation import binarise
from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.evaluation.references import (
    LITERATURE,
    MARGIN,
    grey_floor,
    mean_image_nats,
    measure,
    pca_nats,
    read_references,
)


def cross_entropy(x: np.ndarray, p: np.ndarray) -> float:
    """Nats per image, pixel by pixel."""
    x = x.reshape(len(x), -1) / 255.0
    p = np.clip(p, MARGIN, 1.0 - MARGIN)
    return float(-(x * np.log(p) + (1.0 - x) * np.log(1.0 - p)).sum(axis=1).mean())


class TestFloor:
    def test_black_and_white_cost_nothing(self) -> None:
        images = np.zeros((3, 4, 4, 1), np.uint8)
        images[1:] = 255
        assert grey_floor(images) == 0.0

    def test_a_grey_level_costs_its_entropy(self) -> None:
        p = 51 / 255
        entropy = -(p * np.log(p) + (1 - p) * np.log(1 - p))
        assert grey_floor(np.full((2, 3, 5, 1), 51, np.uint8)) == pytest.approx(15 * entropy)

    def test_no_prediction_is_below_it(self, digits: Dataset) -> None:
        perfect = cross_entropy(digits.x_test, digits.x_test.reshape(360, -1) / 255.0)
        assert (
            grey_floor(digits.x_test)
            <= perfect
            == pytest.approx(grey_floor(digits.x_test), rel=0.01)
        )


class TestMeanImage:
    def test_it_is_the_sum_over_pixels(self, digits: Dataset) -> None:
        p = digits.x_train.reshape(len(digits.x_train), -1).mean(axis=0) / 255.0
        expected = cross_entropy(digits.x_test, p)
        assert mean_image_nats(digits.x_train, digits.x_test) == pytest.approx(expected)


class TestPCA:
    def test_it_is_the_sum_over_pixels(self, digits: Dataset) -> None:
        from sklearn.decomposition import PCA

        train, test = (x.reshape(len(x), -1) / 255.0 for x in (digits.x_train, digits.x_test))
        pca = PCA(4, svd_solver="full").fit(train)
        expected = cross_entropy(digits.x_test, pca.inverse_transform(pca.transform(test)))
        found = pca_nats(digits.x_train, digits.x_test, (2, 4))
        assert found[4] == pytest.approx(expected, rel=1e-4)
        assert found[4] < found[2]

    def test_more_dimensions_than_batches_of_images(self, digits: Dataset) -> None:
        many = np.concatenate([digits.x_test] * 7)  # more than are computed at a time
        assert pca_nats(digits.x_train, many, (3,)) == pytest.approx(
            pca_nats(digits.x_train, digits.x_test, (3,))
        )


class TestStored:
    @pytest.mark.parametrize("binarisation", BINARISATIONS)
    def test_those_of_digits(self, binarisation: str) -> None:
        digits = load_dataset("digits")
        stored = read_references("digits", binarisation)
        found = measure(digits.x_train, digits.x_test, binarisation)
        assert found["floor"] == pytest.approx(stored["floor"])
        assert found["mean_image"] == pytest.approx(stored["mean_image"])
        assert found["pca"] == pytest.approx(stored["pca"], rel=1e-4)
        assert found["floor"] < found["pca"]["32"] < found["pca"]["2"] < found["mean_image"]

    @pytest.mark.skipif(find_dataset("mnist") is None, reason="MNIST is not on this machine")
    def test_those_of_mnist(self) -> None:
        mnist = load_dataset("mnist")
        stored = read_references("mnist")
        assert grey_floor(mnist.x_test) == pytest.approx(stored["floor"])
        assert mean_image_nats(mnist.x_train, mnist.x_test) == pytest.approx(stored["mean_image"])

    @pytest.mark.skipif(find_dataset("mnist") is None, reason="MNIST is not on this machine")
    def test_black_and_white_mnist(self) -> None:
        mnist = load_dataset("mnist")
        for binarisation in BINARISATIONS[1:]:
            stored = read_references("mnist", binarisation)
            train, test = (
                binarise(mnist.x_train, binarisation, 1),
                binarise(mnist.x_test, binarisation),
            )
            assert mean_image_nats(train, test) == pytest.approx(stored["mean_image"])
            assert stored["floor"] == 0.0

    def test_of_others_there_are_none(self) -> None:
        assert read_references("mine") is None
        assert read_references("mnist", "halved") is None

    def test_the_literature_is_what_the_paper_says(self) -> None:
        assert [paper.nll for paper in LITERATURE] == [86.76, 85.54, 84.78]
