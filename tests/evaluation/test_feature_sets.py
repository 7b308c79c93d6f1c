"""Distances between sets against closed forms, manifolds on sets that are known."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy import linalg
from scipy.spatial.distance import cdist

from vae.errors import RunError
from vae.evaluation import feature_sets
from vae.evaluation.feature_sets import frechet_distance, precision_recall


def whitened(count: int, width: int, seed: int = 0) -> np.ndarray:
    """Points (count, width) whose mean is exactly 0 and whose covariance is exactly I."""
    points = np.random.default_rng(seed).standard_normal((count, width))
    points -= points.mean(axis=0)
    covariance = np.atleast_2d(np.cov(points, rowvar=False))
    return points @ np.linalg.inv(np.linalg.cholesky(covariance)).T


def blobs(count: int, centres: np.ndarray, seed: int) -> np.ndarray:
    """As many points (count, 2) around each of the centres in turn."""
    noise = np.random.default_rng(seed).standard_normal((count, 2))
    return centres[np.arange(count) % len(centres)] + 0.1 * noise


class TestFrechetDistance:
    def test_a_set_and_itself(self) -> None:
        points = np.random.default_rng(0).standard_normal((200, 8)) ** 2
        assert frechet_distance(points, points) == pytest.approx(0.0, abs=1e-9)

    def test_a_shift_counts_squared(self) -> None:
        points, shift = whitened(200, 5), np.array([3.0, 0.0, 0.0, -4.0, 0.0])
        assert frechet_distance(points, points + shift) == pytest.approx(25.0, rel=1e-9)

    def test_another_scale(self) -> None:
        points, scales = whitened(300, 3), np.array([1.0, 2.0, 5.0])
        # Gaussians with variances s^2 and 1: the sum of (s - 1)^2.
        assert frechet_distance(points * scales, points) == pytest.approx(0 + 1 + 16, rel=1e-9)

    def test_any_covariances(self) -> None:
        generator = np.random.default_rng(1)
        one = whitened(400, 6) @ generator.standard_normal((6, 6))
        other = whitened(300, 6, 2) @ generator.standard_normal((6, 6)) + 1.0
        a, b = (np.cov(points, rowvar=False) for points in (one, other))
        expected = 6.0 + np.trace(a + b - 2.0 * linalg.sqrtm(a @ b).real)
        assert frechet_distance(one, other) == pytest.approx(expected, rel=1e-8)
        assert frechet_distance(other, one) == pytest.approx(expected, rel=1e-8)

    def test_features_that_never_vary_and_fewer_rows_than_columns(self) -> None:
        points = whitened(300, 3)
        flat = np.hstack([points, np.zeros((300, 2))])
        assert frechet_distance(2.0 * flat, flat) == pytest.approx(3.0, rel=1e-9)
        few = np.random.default_rng(0).standard_normal((5, 40))
        assert frechet_distance(few, few) == pytest.approx(0.0, abs=1e-9)
        assert frechet_distance(few, few + 1.0) == pytest.approx(40.0, rel=1e-9)

    def test_one_column(self) -> None:
        points = whitened(50, 1)
        assert frechet_distance(3.0 * points + 2.0, points) == pytest.approx(4.0 + 4.0, rel=1e-9)

    def test_smaller_sets_are_farther_apart(self) -> None:
        generator = np.random.default_rng(0)
        distances = [
            frechet_distance(*generator.standard_normal((2, count, 10)))
            for count in (50, 500, 5000)
        ]
        assert distances[0] > 5 * distances[1] > 25 * distances[2] > 0.0


class TestPrecisionRecall:
    @pytest.fixture(autouse=True)
    def _by_chunks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(feature_sets, "AT_ONCE", 7)

    def test_a_set_and_itself(self) -> None:
        points = np.random.default_rng(0).standard_normal((50, 4))
        assert precision_recall(points, points) == (1.0, 1.0)

    def test_repeated_rows(self) -> None:
        """Radii of 0: only what is exactly equal is inside."""
        points = np.repeat(np.random.default_rng(0).standard_normal((6, 4)) + 1e3, 5, axis=0)
        assert precision_recall(points, points) == (1.0, 1.0)
        assert precision_recall(points, points + 1e-6) == (0.0, 0.0)

    def test_sets_far_apart(self) -> None:
        points = np.random.default_rng(0).standard_normal((50, 4))
        assert precision_recall(points, points + 100.0) == (0.0, 0.0)

    def test_a_missing_mode_costs_recall_alone(self) -> None:
        centres = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
        real, samples = blobs(200, centres, 0), blobs(200, centres[:3], 1)
        precision, recall = precision_recall(real, samples)
        assert precision > 0.9
        assert 0.65 < recall <= 0.75
        invented, all_found = precision_recall(samples, real)
        assert (invented, all_found) == (recall, precision)

    def test_by_their_definition(self) -> None:
        generator = np.random.default_rng(3)
        real = generator.standard_normal((40, 3))
        samples = 0.7 * generator.standard_normal((31, 3)) + 0.4

        def inside(point: np.ndarray, others: np.ndarray) -> bool:
            radii = np.sort(cdist(others, others), axis=1)[:, 3]
            return bool((np.linalg.norm(others - point, axis=1) <= radii).any())

        precision, recall = precision_recall(real, samples)
        assert precision == pytest.approx(np.mean([inside(point, real) for point in samples]))
        assert recall == pytest.approx(np.mean([inside(point, samples) for point in real]))
        assert 0.0 < recall < precision <= 1.0

    def test_memory_does_not_grow_with_the_square(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(feature_sets, "AT_ONCE", 100)
        points = np.random.default_rng(0).standard_normal((3000, 2))
        tracemalloc.start()
        precision_recall(points, points + 0.1)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 10_000_000  # all distances at once are 72 MB


@pytest.mark.parametrize("measure", [frechet_distance, precision_recall])
class TestBadFeatures:
    @pytest.mark.parametrize("shape", [(9, 3), (9,), (1, 4), (0, 4)], ids=str)
    def test_shapes(self, measure, shape: tuple[int, ...]) -> None:
        with pytest.raises(RunError, match=r"of one width. Received: "):
            measure(np.zeros((9, 4)), np.zeros(shape))

    def test_no_numbers(self, measure) -> None:
        broken = np.zeros((9, 4))
        broken[3, 2] = np.nan
        with pytest.raises(RunError, match="Received: NaN or infinity"):
            measure(broken, np.zeros((9, 4)))
