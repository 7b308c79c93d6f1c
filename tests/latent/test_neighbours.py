"""Nearest training images: against all distances written out."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tests.conftest import copy_run
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.latent import neighbours
from vae.latent.neighbours import (
    Neighbours,
    latent_neighbours,
    nearest_images,
    pixel_neighbours,
)
from vae.runs.run import Run
from vae.runs.writer import RunWriter


def points(count: int, width: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, width)).astype(np.float32)


class TestPixels:
    def test_samples(self, digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(neighbours, "ROWS_AT_ONCE", 100)
        monkeypatch.setattr(neighbours, "POINTS_AT_ONCE", 4)
        samples = np.random.default_rng(0).random((10, 8, 8, 1), dtype=np.float32)
        found = pixel_neighbours(digits).nearest(samples, 6)
        pixels = digits.x_train.reshape(1437, 64) / 255.0
        every = cdist(samples.reshape(10, 64), pixels)
        np.testing.assert_array_equal(found.indices, np.argsort(every, axis=1)[:, :6])
        np.testing.assert_allclose(found.distances, np.sort(every, axis=1)[:, :6], rtol=1e-9)
        np.testing.assert_array_equal(found.labels, digits.y_train[found.indices])

    def test_a_training_image_is_nearest_to_itself(self, digits: Dataset) -> None:
        found = pixel_neighbours(digits).nearest(digits.x_train[[7, 500]])
        assert found.indices.tolist() == [[7], [500]]
        assert found.distances.tolist() == [[0.0], [0.0]]
        again = pixel_neighbours(digits).nearest(digits.x_train[[7, 500]] / np.float32(255.0))
        assert again.indices.tolist() == [[7], [500]]
        np.testing.assert_allclose(again.distances, 0.0, atol=1e-5)

    def test_no_copy_of_the_images(self, digits: Dataset) -> None:
        assert np.shares_memory(pixel_neighbours(digits).rows, digits.x_train)

    def test_memory(self) -> None:
        images = np.zeros((20_000, 28, 28), np.uint8)
        images[123, 4:9] = 200
        neighbours = Neighbours(images, np.arange(20_000))
        neighbours.nearest(images[:1])  # what is loaded once does not count
        tracemalloc.start()
        found = neighbours.nearest(images[[123]])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.indices.tolist() == [[123]]
        assert peak < 10_000_000  # as float32 the images are 63 MB


class TestCodes:
    def test_codes_of_a_run(self, finished_run: Run, digits: Dataset) -> None:
        mean = finished_run.encode(digits.x_train)[0]
        found = latent_neighbours(finished_run, digits).nearest(mean[:5] + 1e-7, 3)
        np.testing.assert_array_equal(found.indices[:, 0], np.arange(5))
        np.testing.assert_allclose(
            found.distances, np.sort(cdist(mean[:5], mean))[:, :3], atol=1e-4
        )
        np.testing.assert_array_equal(found.labels[:, 0], digits.y_train[:5])

    def test_near_ones_do_not_cancel(self) -> None:
        """Codes far from 0 and close to each other."""
        rows = (1000.0 + 1e-3 * np.arange(50)[:, None]).astype(np.float64)
        found = Neighbours(rows, np.arange(50)).nearest(np.array([[1000.0202]]), 2)
        assert found.indices.tolist() == [[20, 21]]
        np.testing.assert_allclose(found.distances, [[2e-4, 8e-4]], rtol=1e-2)

    def test_half_precision_stays(self) -> None:
        rows = points(30, 3, 0).astype(np.float16)
        neighbours = Neighbours(rows, np.arange(30))
        assert neighbours.rows.dtype == np.float16
        assert neighbours.nearest(rows[[4]]).indices.tolist() == [[4]]

    def test_of_equal_ones_the_first(self) -> None:
        found = Neighbours(np.zeros((9, 2)), np.arange(9)).nearest(np.ones((1, 2)), 9)
        assert found.indices.tolist() == [list(range(9))]

    def test_fewer_rows_than_requested(self) -> None:
        found = Neighbours(points(3, 2, 0), np.arange(3)).nearest(points(4, 2, 1), 10)
        assert found.indices.shape == found.distances.shape == found.labels.shape == (4, 3)

    def test_no_points(self) -> None:
        found = Neighbours(points(3, 2, 0), np.arange(3)).nearest(np.zeros((0, 2)), 2)
        assert found.indices.shape == (0, 2)


class TestBadInput:
    @pytest.mark.parametrize("shape", [(4, 3), (2,), (1, 2, 2)], ids=str)
    def test_another_width(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(RunError, match=r"have 2 numbers each\. Received: shape"):
            Neighbours(points(3, 2, 0), np.arange(3)).nearest(np.zeros(shape))

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_no_number(self, value: float) -> None:
        with pytest.raises(RunError, match="Received: NaN or infinity"):
            Neighbours(points(3, 2, 0), np.arange(3)).nearest(np.array([[0.0, value]]))


def test_nearest_images(finished_run: Run, tmp_path: Path) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    mean = np.array([[0.0, 3.0], [4.0, 0.0], [0.0, 1.0]], np.float32)
    RunWriter(run.path).arrays("latents.npz", mean=mean, y=np.arange(3, dtype=np.uint8))
    run = Run(run.path)
    indices, distances = nearest_images(run, np.zeros(2), 2)
    assert indices.tolist() == [2, 0]
    assert distances.tolist() == [1.0, 3.0]
    assert nearest_images(run, np.zeros(2), 9)[0].tolist() == [2, 0, 1]
    assert nearest_images(run, mean[1], 1)[1].tolist() == [0.0]
    (run.path / "latents.npz").unlink()
    with pytest.raises(RunError, match=r"no latent means yet\. Received"):
        nearest_images(Run(run.path), np.zeros(2), 2)
