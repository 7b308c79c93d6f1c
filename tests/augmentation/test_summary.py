"""Means, intervals and paired differences, against figures worked out by hand."""

from __future__ import annotations

import math

import pytest

from vae.augmentation.schema import Row
from vae.augmentation.summary import paired_difference, summarize


def row(method: str, seed: int, accuracy: float, per_class: int = 5, **more: object) -> Row:
    values = {
        "per_class": per_class,
        "seed": seed,
        "method": method,
        "correct": round(1000 * accuracy),
        "total": 1000,
        "accuracy": accuracy,
        "balanced_accuracy": accuracy,
        "real": 50,
        "synthetic": 0,
        "agreement": None,
        "seconds": 2.0,
    }
    return values | more  # type: ignore[return-value]


def test_differences_are_paired_by_seed() -> None:
    # Seeds differ widely, and the method is better by 1, 2 and 3 points in each of them.
    rows = [row("real", seed, base) for seed, base in enumerate((0.5, 0.7, 0.9))]
    rows += [row("vae", seed, base) for seed, base in enumerate((0.51, 0.72, 0.93))]
    found = paired_difference(rows, 5, "vae", "real")
    assert found is not None
    # t(0.975; 2) = 4.302653, standard error 0.01 / sqrt(3).
    half = 4.302653 * 0.01 / math.sqrt(3)
    assert found == pytest.approx((0.02, 0.02 - half, 0.02 + half, 3), abs=1e-7)


def test_unpaired_seeds_do_not_count() -> None:
    rows = [row("real", 0, 0.5), row("vae", 0, 0.6), row("real", 1, 0.1), row("vae", 2, 0.9)]
    found = paired_difference(rows, 5, "vae", "real")
    assert found is not None
    assert found.size == 1
    assert found.mean == pytest.approx(0.1)
    assert math.isnan(found.low)
    assert paired_difference(rows, 10, "vae", "real") is None


def test_a_cell_has_mean_interval_and_agreement() -> None:
    rows = [
        row("vae", seed, accuracy, synthetic=200, agreement=share)
        for seed, (accuracy, share) in enumerate([(0.69, 0.9), (0.71, 0.7)])
    ]
    rows.append(row("real", 0, 0.5))
    real, vae = summarize(rows)
    assert (real.method, vae.method) == ("real", "vae")
    assert real.agreement is None
    assert vae.accuracy.mean == pytest.approx(0.7)
    # t(0.975; 1) = 12.7062, standard error 0.01.
    assert vae.accuracy.high - vae.accuracy.mean == pytest.approx(0.127062, abs=1e-6)
    assert vae.agreement is not None
    assert vae.agreement.mean == pytest.approx(0.8)
    assert (vae.synthetic, vae.real, vae.seconds) == (200, 50, 2.0)
    assert vae.over_real is not None
    assert vae.over_real.size == 1
    assert vae.over_classical is None


def test_cells_are_in_the_order_of_images_and_methods() -> None:
    rows = [row("classical", 0, 0.5, 50), row("real", 0, 0.5, 50), row("all", 0, 0.99, 0)]
    assert [(cell.per_class, cell.method) for cell in summarize(rows)] == [
        (0, "all"),
        (50, "real"),
        (50, "classical"),
    ]


def test_no_rows_no_cells() -> None:
    assert summarize([]) == []


def test_an_interval_of_accuracies_holds_accuracies_alone() -> None:
    (cell,) = summarize([row("real", seed, value) for seed, value in enumerate((0.80, 0.99))])
    assert cell.accuracy.mean == pytest.approx(0.895)
    assert (cell.accuracy.low, cell.accuracy.high) == (0.0, 1.0)  # 12.7 standard errors either way
