"""How well classes are told: accuracy with its interval, confusion, recall, area under the ROC."""

from __future__ import annotations

import math

import numpy as np

from vae.errors import RunError

__all__ = ["accuracy_interval", "class_recalls", "confusion_matrix", "roc_area"]

Z_95 = 1.959963984540054  # the standard normal's quantile of 0.975


def accuracy_interval(correct: int, total: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of an accuracy of `correct` out of `total`.

    Wilson's score interval (Wilson 1927; Brown, Cai & DasGupta 2001): unlike the usual one it stays
    within [0, 1] and has a width where all or none are correct.
    Raises RunError unless 0 <= correct <= total and total is at least 1.
    """
    if total < 1 or not 0 <= correct <= total:
        raise RunError(
            "An accuracy needs at least one image, and no more correct ones than there are. "
            f"Received: {correct} of {total}"
        )
    share, shrink = correct / total, 1.0 + Z_95**2 / total
    centre = (share + Z_95**2 / (2 * total)) / shrink
    spread = math.sqrt(share * (1.0 - share) / total + (Z_95 / (2 * total)) ** 2)
    half = Z_95 * spread / shrink
    # The interval holds the accuracy itself; rounding alone may leave it out.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Return how many images of each class (a row) were taken for each class (a column).

    labels, predicted: whole numbers (N,) from 0 to classes - 1. Returns int (classes, classes).
    Raises RunError for arrays of other lengths, or numbers that are no class.
    """
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    if labels.shape != predicted.shape or labels.ndim != 1:
        raise RunError(
            "A confusion matrix needs one predicted class for each label. "
            f"Received: {predicted.shape} and {labels.shape}"
        )
    both = np.stack([labels, predicted]).astype(np.int64)
    if both.size and not 0 <= both.min() <= both.max() < classes:
        raise RunError(
            f"Classes must be from 0 to {classes - 1}. Received: {both.min()} to {both.max()}"
        )
    return np.bincount(both[0] * classes + both[1], minlength=classes**2).reshape(classes, classes)


def class_recalls(confusion: np.ndarray) -> np.ndarray:
    """Return the fraction of each class's images that were taken for it: (classes,).

    confusion: as `confusion_matrix` returns it. NaN for a class without images.
    """
    totals = confusion.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.diag(confusion) / totals


def roc_area(positive: np.ndarray, negative: np.ndarray) -> float:
    """Return the area under the ROC curve of scores (N,) that should be high and (M,) low.

    It is the probability that one of the first is higher than one of the second, where equal ones
    count half: Mann & Whitney's U divided by N M (Hanley & McNeil 1982). 1 is perfect, 0.5 chance.
    Raises RunError for empty sets and for scores that are no numbers.
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
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]  # from 1; equal scores share their mean
    lowest = positive.size * (positive.size + 1) / 2
    return float((ranks[: positive.size].sum() - lowest) / (positive.size * negative.size))
