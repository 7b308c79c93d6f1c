"""Means over seeds, their 95 % intervals, and differences that are paired by seed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from vae.augmentation.methods import METHODS, MethodName
from vae.augmentation.schema import Row
from vae.statistics import Interval, t_interval

__all__ = ["Cell", "paired_difference", "summarize"]


class Cell(NamedTuple):
    """One method with one number of images a class, over its seeds.

    accuracy, balanced_accuracy: of all test images. over_real, over_classical: accuracy less that
    of the few images alone, or of classical augmentation, on the same seeds; None where no seed has
    both. agreement: see `schema.Row`; None without synthetic images. real, synthetic: images in a
    training set. seconds: the mean of a training.
    """

    per_class: int
    method: MethodName
    accuracy: Interval
    balanced_accuracy: Interval
    over_real: Interval | None
    over_classical: Interval | None
    agreement: Interval | None
    real: int
    synthetic: int
    seconds: float


def summarize(rows: Iterable[Row]) -> list[Cell]:
    """Return a cell for each number of images a class and each method, in that order."""
    rows = list(rows)
    numbers = sorted({row["per_class"] for row in rows})
    cells = []
    for per_class in numbers:
        for method in METHODS:
            own = [r for r in rows if r["per_class"] == per_class and r["method"] == method]
            if own:
                cells.append(_cell(per_class, method, own, rows))
    return cells


def paired_difference(
    rows: Iterable[Row], per_class: int, method: MethodName, baseline: MethodName
) -> Interval | None:
    """Return the accuracy of a method less that of another, over the seeds that have both.

    The interval is that of the paired t test: what a seed's images make of both methods alike does
    not widen it.
    """
    found: dict[str, dict[int, float]] = {method: {}, baseline: {}}
    for row in rows:
        if row["per_class"] == per_class and row["method"] in found:
            found[row["method"]][row["seed"]] = row["accuracy"]
    seeds = sorted(found[method].keys() & found[baseline].keys())
    if method == baseline or not seeds:
        return None
    return t_interval(np.array([found[method][seed] - found[baseline][seed] for seed in seeds]))


def _cell(per_class: int, method: MethodName, own: list[Row], rows: list[Row]) -> Cell:
    judged = [row["agreement"] for row in own if row["agreement"] is not None]
    return Cell(
        per_class,
        method,
        accuracy=_of_fractions([row["accuracy"] for row in own]),
        balanced_accuracy=_of_fractions([row["balanced_accuracy"] for row in own]),
        over_real=paired_difference(rows, per_class, method, "real"),
        over_classical=paired_difference(rows, per_class, method, "classical"),
        agreement=_of_fractions(judged) if judged else None,
        real=own[0]["real"],
        synthetic=own[0]["synthetic"],
        seconds=float(np.mean([row["seconds"] for row in own])),
    )


def _of_fractions(values: list[float]) -> Interval:
    """Return the t interval as far as fractions can lie in it: of two seeds it may exceed 100 %."""
    found = t_interval(np.array(values))
    low, high = np.clip([found.low, found.high], 0.0, 1.0).tolist()  # NaN stays NaN
    return found._replace(low=low, high=high)
