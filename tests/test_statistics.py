"""Formulas of statistics, against figures that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from vae.statistics import class_recalls, confusion_matrix, wilson_interval


class TestWilsonInterval:
    @pytest.mark.parametrize(
        ("hits", "count", "expected"),
        [
            # Newcombe 1998, table 1, method 3: the score method of Wilson.
            (81, 263, (0.2553, 0.3662)),
            (15, 148, (0.0624, 0.1605)),
            (0, 20, (0.0, 0.1611)),
            (1, 29, (0.0061, 0.1718)),
        ],
    )
    def test_published_cases(self, hits: int, count: int, expected: tuple[float, float]) -> None:
        assert wilson_interval(hits, count) == pytest.approx(expected, abs=5e-5)

    @pytest.mark.parametrize(
        ("hits", "count"), [(0, 1), (1, 1), (0, 10), (10, 10), (5, 10), (9_901, 10_000)]
    )
    def test_equals_scipys(self, hits: int, count: int) -> None:
        expected = stats.binomtest(hits, count).proportion_ci(method="wilson")
        low, high = wilson_interval(hits, count)
        assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)

    def test_it_is_symmetric_and_within_0_and_1(self) -> None:
        for hits in range(11):
            low, high = wilson_interval(hits, 10)
            assert 0.0 <= low <= hits / 10 <= high <= 1.0
            other = wilson_interval(10 - hits, 10)
            assert (1.0 - high, 1.0 - low) == pytest.approx(other)

    def test_it_holds_as_often_as_it_says(self) -> None:
        true, count = 0.95, 200
        hits = np.random.default_rng(0).binomial(count, true, 4000)
        ends = np.array([wilson_interval(int(each), count) for each in hits])
        covered = ((ends[:, 0] <= true) & (true <= ends[:, 1])).mean()
        assert 0.93 < covered < 0.98


def test_a_confusion_matrix_counts_each_pair() -> None:
    labels, said = np.array([0, 0, 1, 2, 2], np.uint8), np.array([0, 1, 1, 0, 0])
    found = confusion_matrix(labels, said, 3)
    assert found.tolist() == [[1, 1, 0], [0, 1, 0], [2, 0, 0]]
    assert found.dtype == np.int32
    assert confusion_matrix(labels[:0], said[:0], 2).tolist() == [[0, 0], [0, 0]]


class TestRecall:
    def test_by_hand(self) -> None:
        confusion = confusion_matrix(np.array([0, 0, 0, 2]), np.array([0, 0, 1, 2]), 4)
        assert confusion.tolist() == [[2, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
        recalls = class_recalls(confusion)
        assert recalls[[0, 2]].tolist() == [2 / 3, 1.0]
        assert np.isnan(recalls[[1, 3]]).all()

    def test_equals_scikit_learns(self) -> None:
        random = np.random.default_rng(0)
        labels, predicted = random.integers(0, 5, (2, 300)).astype(np.uint8)  # 5 * 51 > 255
        confusion = confusion_matrix(labels, predicted, 5)
        assert np.array_equal(confusion, metrics.confusion_matrix(labels, predicted))
        expected = metrics.recall_score(labels, predicted, average=None)
        np.testing.assert_allclose(class_recalls(confusion), expected)
