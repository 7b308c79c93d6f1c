"""What a study says in plain words follows from its intervals."""

from __future__ import annotations

import math

import pytest

from tests.augmentation.test_summary import row
from vae.augmentation.verdict import effect_of, points, verdicts
from vae.statistics import Interval


@pytest.mark.parametrize(
    ("interval", "effect"),
    [
        (Interval(0.02, 0.01, 0.03, 10), "helps"),
        (Interval(-0.02, -0.03, -0.01, 10), "hurts"),
        (Interval(0.02, -0.01, 0.05, 10), "no difference is shown"),
        (Interval(0.5, math.nan, math.nan, 1), "no difference is shown"),
    ],
)
def test_effects(interval: Interval, effect: str) -> None:
    assert effect_of(interval) == effect


def test_points() -> None:
    assert points(Interval(0.021, 0.011, 0.031, 10)) == "+2.1 points (+1.1 to +3.1)"
    assert points(Interval(-0.021, math.nan, math.nan, 1)) == "-2.1 points (one seed)"


def test_each_method_against_its_baseline() -> None:
    rows = []
    for seed, noise in enumerate((0.0, 0.01, -0.01)):
        for method, accuracy in (
            ("real", 0.6), ("classical", 0.8), ("vae", 0.5 + noise), ("classical_vae", 0.8 + noise)
        ):  # fmt: skip
            rows.append(row(method, seed, accuracy))
    rows.append(row("all", 0, 0.99, 0))
    (number, sentences), = verdicts(rows).items()  # fmt: skip
    assert number == 5
    assert len(sentences) == 4
    classical, vae, against, both = sentences
    assert classical.startswith("Classical augmentation: +20.0 points")
    assert "better than real images alone" in classical
    assert "Conditional VAE: -10.0 points" in vae
    assert "worse than real images alone" in vae
    assert "worse than classical augmentation" in against
    assert "Classical and VAE" in both
    assert "no clear difference to classical augmentation" in both


def test_nothing_measured_nothing_said() -> None:
    assert verdicts([]) == {}
    assert verdicts([row("real", 0, 0.5)]) == {}
