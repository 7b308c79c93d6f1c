"""What a classifier gets wrong, and how well two sets are told apart by a score."""

from __future__ import annotations

import math

import numpy as np

from vae.errors import RunError
from vae.statistics import NORMAL_95

__all__ = ["confident_mistakes", "roc_area", "roc_interval"]

HALVINGS = 50  # of an interval of length 1: to the last digits of a float


def confident_mistakes(probabilities: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """Return which images were taken for a wrong class, the surest answers first: (n,), n <= count.

    probabilities: (N, classes). labels: (N,). Equally sure ones stay in their order.
    """
    sure, says = probabilities.max(axis=1), probabilities.argmax(axis=1)
    (wrong,) = np.nonzero(says != labels)
    return wrong[np.argsort(-sure[wrong], kind="stable")][:count]


def roc_area(positive: np.ndarray, negative: np.ndarray) -> float:
    """Return the area under the ROC curve of scores (N,) that should be high and (M,) low.

    It is the probability that one of the first is higher than one of the second, where equal ones
    count half: Mann & Whitney's U divided by N M (Hanley & McNeil 1982). 1 is perfect, 0.5 chance.
    Raises RunError for empty sets and for NaN.
    """
    positive, negative = np.asarray(positive, np.float64), np.asarray(negative, np.float64)
    if not (positive.size and negative.size):
        raise RunError(
            "An area under the ROC curve needs scores of both sets. "
            f"Received: {positive.size} and {negative.size}"
        )
    scores = np.concatenate([positive, negative])
    if np.isnan(scores).any():
        raise RunError("Scores must be numbers. Received: NaN")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]  # from 1; equal scores share their mean
    lowest = positive.size * (positive.size + 1) / 2
    return float((ranks[: positive.size].sum() - lowest) / (positive.size * negative.size))


def roc_interval(area: float, positives: int, negatives: int) -> tuple[float, float]:
    """Return between which areas under the ROC curve the true one lies, at 95 %.

    The ends are the areas from which the found one is 1.96 of their own standard errors away, as
    in Wilson's interval: method 5 of Newcombe 2006, with the variance of Hanley & McNeil 1982 for
    exponential scores. Unlike those of the normal approximation they lie apart at 0 and at 1 too.
    """

    def error(true: float) -> float:
        shared = (1.0 - true) / (2.0 - true) + true / (1.0 + true)
        spread = 1.0 + ((positives + negatives) / 2.0 - 1.0) * shared
        return math.sqrt(true * (1.0 - true) * spread / (positives * negatives))

    def end(limit: float) -> float:
        inside, outside = area, limit
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2.0
            if abs(middle - area) <= NORMAL_95 * error(middle):
                inside = middle
            else:
                outside = middle
        return inside

    return end(0.0), end(1.0)
