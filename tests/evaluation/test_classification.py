"""Mistakes and the area under the ROC curve: beside SciPy, scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from vae.errors import RunError
from vae.evaluation.classification import confident_mistakes, roc_area, roc_interval
from vae.statistics import wilson_interval


class TestConfidentMistakes:
    PROBABILITIES = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.4, 0.6], [0.0, 1.0]])
    LABELS = np.array([1, 0, 0, 0, 1], np.uint8)

    def test_the_surest_first_and_equal_ones_in_their_order(self) -> None:
        found = confident_mistakes(self.PROBABILITIES, self.LABELS, 9)
        assert found.tolist() == [0, 2, 1, 3]
        assert confident_mistakes(self.PROBABILITIES, self.LABELS, 2).tolist() == [0, 2]

    def test_of_one_that_makes_none(self) -> None:
        right = self.PROBABILITIES.argmax(axis=1)
        assert confident_mistakes(self.PROBABILITIES, right, 3).tolist() == []


class TestRocArea:
    def test_equals_scikit_learns_with_ties(self) -> None:
        random = np.random.default_rng(0)
        positive, negative = random.integers(0, 9, 70) + 2.0, random.integers(0, 9, 130) * 1.0
        truth = np.repeat([1, 0], [70, 130])
        expected = metrics.roc_auc_score(truth, np.concatenate([positive, negative]))
        assert 0.6 < expected < 0.9
        assert roc_area(positive, negative) == pytest.approx(expected, abs=1e-12)

    def test_of_two_gaussians(self) -> None:
        # P(a > b) = Phi(shift / sqrt(2)), with a ~ N(shift, 1) and b ~ N(0, 1).
        random = np.random.default_rng(1)
        found = roc_area(random.normal(1.0, 1.0, 40_000), random.normal(0.0, 1.0, 40_000))
        assert found == pytest.approx(stats.norm.cdf(1.0 / np.sqrt(2.0)), abs=0.005)

    @pytest.mark.parametrize(
        ("positive", "negative", "area"),
        [([3, 4], [1, 2], 1.0), ([1, 2], [3, 4], 0.0), ([1], [1], 0.5), ([np.inf], [2, 9], 1.0)],
    )
    def test_by_hand(self, positive: list[float], negative: list[float], area: float) -> None:
        assert roc_area(np.array(positive), np.array(negative)) == area

    @pytest.mark.parametrize(
        ("positive", "negative", "received"), [([], [1.0], "0 and 1"), ([np.nan], [1.0], "NaN")]
    )
    def test_what_has_none(self, positive: list[float], negative: list[float], received: str):
        with pytest.raises(RunError, match=f"Received: {received}"):
            roc_area(np.array(positive), np.array(negative))


class TestRocInterval:
    @pytest.mark.parametrize("area", [0.0, 0.5, 1.0])
    def test_of_one_pair_it_is_wilsons(self, area: float) -> None:
        # The variance of Hanley & McNeil is then that of a single coin.
        low, high = roc_interval(area, 1, 1)
        if area == 0.5:
            assert (1.0 - low) == pytest.approx(high)
        else:
            assert (low, high) == pytest.approx(wilson_interval(int(area), 1), abs=1e-9)

    def test_its_ends_are_1_96_standard_errors_away(self) -> None:
        # By hand: the variance of Hanley & McNeil 1982, equation 2, with both sizes equal to their
        # mean less one in the sum, as in Newcombe 2006.
        for end in roc_interval(0.9, 60, 40):
            q1, q2 = end / (2.0 - end), 2.0 * end**2 / (1.0 + end)
            variance = end * (1 - end) + 49 * (q1 - end**2) + 49 * (q2 - end**2)
            assert abs(end - 0.9) == pytest.approx(1.959964 * np.sqrt(variance / 2400), abs=1e-6)

    def test_it_is_symmetric_and_apart_at_the_ends(self) -> None:
        low, high = roc_interval(1.0, 50, 80)
        assert 0.9 < low < 1.0
        assert high == 1.0
        assert roc_interval(0.0, 50, 80) == pytest.approx((0.0, 1.0 - low))

    def test_it_holds_as_often_as_it_says(self) -> None:
        random = np.random.default_rng(0)
        true = stats.norm.cdf(1.5 / np.sqrt(2.0))
        ends = np.array([
            roc_interval(roc_area(random.normal(1.5, 1.0, 60), random.normal(0.0, 1.0, 40)), 60, 40)
            for _ in range(1000)
        ])  # fmt: skip
        covered = ((ends[:, 0] <= true) & (true <= ends[:, 1])).mean()
        assert 0.93 < covered < 0.99
