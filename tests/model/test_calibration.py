"""Calibration on answers that are made to be sure and right in known proportions."""

from __future__ import annotations

import numpy as np
import pytest

from vae.errors import RunError
from vae.model.calibration import BINS, Bin, expected_calibration_error, reliability_bins


def answers(*groups: tuple[float, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Confidence and correctness of groups: how sure, how many, how many of them right."""
    sure = np.concatenate([np.full(images, confidence) for confidence, images, _ in groups])
    right = np.concatenate([np.arange(images) < correct for _, images, correct in groups])
    return sure, right


def test_as_often_right_as_it_is_sure() -> None:
    bins = reliability_bins(*answers((0.55, 100, 55), (0.75, 40, 30), (1.0, 7, 7)), bins=10)
    assert expected_calibration_error(bins) == pytest.approx(0.0, abs=1e-12)
    assert [each.images for each in bins] == [0, 0, 0, 0, 0, 100, 0, 40, 0, 7]
    assert bins[5] == pytest.approx(Bin(0.5, 0.6, 100, 0.55, 0.55))


def test_too_sure_and_not_sure_enough() -> None:
    # 100 images at 0.95 of which 70 are right, 50 at 0.45 of which 40 are.
    bins = reliability_bins(*answers((0.95, 100, 70), (0.45, 50, 40)), bins=10)
    assert expected_calibration_error(bins) == pytest.approx((100 * 0.25 + 50 * 0.35) / 150)


def test_errors_within_a_bin_cancel_and_between_bins_do_not() -> None:
    sure, right = answers((0.61, 10, 10), (0.69, 10, 3))
    assert expected_calibration_error(reliability_bins(sure, right, 10)) == pytest.approx(0.0)
    finer = expected_calibration_error(reliability_bins(sure, right, 100))
    assert finer == pytest.approx((0.39 + 0.39) / 2)


def test_an_edge_belongs_to_the_bin_below() -> None:
    bins = reliability_bins(np.array([0.0, 0.25, 0.5, 1.0]), np.ones(4, bool), bins=4)
    assert [each.images for each in bins] == [2, 1, 0, 1]
    assert (bins[0].low, bins[-1].high) == (0.0, 1.0)
    assert len(reliability_bins(np.array([0.5]), np.array([True]))) == BINS


@pytest.mark.parametrize(
    ("confidence", "correct"), [([0.5, 0.5], [True]), ([1.01], [True]), ([np.nan], [True])]
)
def test_what_is_no_confidence(confidence: list[float], correct: list[bool]) -> None:
    with pytest.raises(RunError, match="Received: "):
        reliability_bins(np.array(confidence), np.array(correct))


def test_nothing_has_no_calibration() -> None:
    with pytest.raises(RunError, match="Received: none"):
        expected_calibration_error(reliability_bins(np.empty(0), np.empty(0, bool)))
