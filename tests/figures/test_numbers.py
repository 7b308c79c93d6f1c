"""The numbers of charts as columns."""

from __future__ import annotations

import numpy as np

from vae.figures.classes import class_cost_bars, class_counts, digit_counts
from vae.figures.explained_variance import explained_variance
from vae.figures.numbers import chart_columns
from vae.figures.references import Line, reference_bars


def test_counts() -> None:
    labels = np.array([0, 2, 2], np.uint8)
    columns = chart_columns(class_counts(labels, ("cat & dog", "fox", "owl")))
    assert columns == {"class": ["cat & dog", "fox", "owl"], "images": [1, 0, 2]}


def test_costs_have_their_unit() -> None:
    columns = chart_columns(class_cost_bars({"0": 80.5, "1": 99.0}))
    assert columns == {"class, the hardest first": ["1", "0"], "nats per image": [99.0, 80.5]}


def test_series_have_the_names_of_the_legend() -> None:
    columns = chart_columns(digit_counts({"Samples": [1, 2], "Real digits": [3, 4]}))
    assert list(columns) == ["digit, by the classifier", "Samples", "Real digits"]
    assert columns["Real digits"] == [3, 4]
    assert chart_columns(explained_variance(np.array([0.75, 0.25])))["together"] == [75.0, 100.0]


def test_bars_that_lie_are_named_by_the_other_axis() -> None:
    lines = [Line("<b>ours</b>", 80.0, 5.0, is_own=True), Line("mean", 206.0)]
    columns = chart_columns(reference_bars(lines))
    assert list(columns.values()) == [["mean", "<b>ours</b>"], [206.0, 80.0], [0.0, 5.0]]
