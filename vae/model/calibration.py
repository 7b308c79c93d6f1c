"""Whether a classifier is as often right as it is sure: reliability, expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from vae.errors import RunError

__all__ = ["BINS", "Bin", "expected_calibration_error", "reliability_bins"]

BINS = 15  # as Guo et al. 2017 take


class Bin(NamedTuple):
    """The images whose confidence is above `low` and at most `high`.

    confidence, accuracy: means over them; 0 where there are none.
    """

    low: float
    high: float
    images: int
    confidence: float
    accuracy: float


def reliability_bins(
    confidence: np.ndarray, correct: np.ndarray, bins: int = BINS
) -> tuple[Bin, ...]:
    """Return bins of equal width from 0 to 1: a reliability diagram (Guo et al. 2017, section 2).

    confidence: (N,), the probability of the class that was predicted. correct: bool (N,), whether
    that was right. A confidence of 0 is in the first bin.
    Raises RunError for arrays of other lengths, and for numbers that are not probabilities.
    """
    confidence, correct = np.asarray(confidence, np.float64), np.asarray(correct, bool)
    if confidence.shape != correct.shape or confidence.ndim != 1:
        raise RunError(
            "Calibration needs one confidence for each answer. "
            f"Received: {confidence.shape} and {correct.shape}"
        )
    if not ((confidence >= 0.0) & (confidence <= 1.0)).all():
        raise RunError("A confidence is a probability, from 0 to 1. Received: another number")
    edges = np.linspace(0.0, 1.0, bins + 1)
    bin_index = np.searchsorted(edges[1:-1], confidence, side="left")
    images = np.bincount(bin_index, minlength=bins)
    some = np.maximum(images, 1)
    sure = np.bincount(bin_index, confidence, minlength=bins) / some
    right = np.bincount(bin_index, correct, minlength=bins) / some
    columns = (edges[:-1], edges[1:], images, sure, right)
    return tuple(Bin(*row) for row in zip(*(c.tolist() for c in columns), strict=True))


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean of |accuracy - confidence| over the images of all bins, from 0 to 1.

    Guo et al. 2017, equation 3. 0 is perfectly calibrated; many small bins make it larger.
    Raises RunError for bins without images.
    """
    total = sum(each.images for each in bins)
    if not total:
        raise RunError("Calibration needs at least one image. Received: none")
    return sum(each.images * abs(each.accuracy - each.confidence) for each in bins) / total
