"""The figure of a study: what was measured is what is drawn."""

from __future__ import annotations

import pytest

from tests.augmentation.test_summary import row
from vae.augmentation.summary import summarize
from vae.figures.augmentation import METHOD_COLORS, augmentation_chart, augmentation_figure

ROWS = [
    *(row("real", seed, accuracy, 5) for seed, accuracy in enumerate((0.6, 0.7))),
    *(row("real", seed, accuracy, 10) for seed, accuracy in enumerate((0.7, 0.8))),
    *(row("vae", seed, accuracy, 5) for seed, accuracy in enumerate((0.65, 0.75))),
    row("gan", 0, 0.9, 50),
    row("all", 0, 0.99, 0),
]
CELLS = summarize(ROWS)


def test_a_line_a_method_with_its_intervals() -> None:
    lines = {each.name: each for each in augmentation_chart(CELLS).data}
    real = lines["Real images alone"]
    assert real.y == pytest.approx((65.0, 75.0))
    assert [number for number, *_ in real.customdata] == [5, 10]
    # t(0.975; 1) = 12.7062, standard error 5 points.
    assert real.error_y.arrayminus == pytest.approx((63.53, 63.53), abs=0.01)
    assert real.error_y.array == pytest.approx((35.0, 25.0))  # no accuracy is beyond 100 %
    assert lines["Conditional GAN"].error_y.array == (0.0,)  # one seed has no interval
    assert lines["All labels"].y == pytest.approx((99.0, 99.0))


def test_points_of_one_number_of_images_lie_side_by_side() -> None:
    chart = augmentation_chart(CELLS)
    first = [each.x[0] for each in chart.data if each.name != "All labels"][:2]
    assert len(set(first)) == 2
    assert all(abs(x / 5 - 1) < 0.1 for x in first)
    assert chart.layout.xaxis.tickvals == (5, 10, 50)


def test_the_paper_figure_has_the_same_lines() -> None:
    (axes,) = augmentation_figure(CELLS, "Digits").axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert sorted(labels) == sorted(each.name for each in augmentation_chart(CELLS).data)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["5", "10", "50"]
    assert axes.get_title() == "Digits"


def test_an_unfinished_study_has_a_figure() -> None:
    assert len(augmentation_chart([]).data) == 0
    assert augmentation_figure([]).axes


def test_methods_differ_in_color() -> None:
    assert len(set(METHOD_COLORS.values())) == len(METHOD_COLORS)
