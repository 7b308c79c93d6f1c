"""One's own image among the test images' costs."""

from __future__ import annotations

import numpy as np
import pytest

from vae.evaluation.image_costs import Costs
from vae.figures.colors import HUES
from vae.figures.costs import costs_beside

RANDOM = np.random.default_rng(0)
USUAL = Costs(RANDOM.normal(100.0, 20.0, 2000), RANDOM.normal(8.0, 2.0, 2000))


def own(reconstruction: float, kl: float) -> Costs:
    return Costs(np.array([reconstruction]), np.array([kl]))


def test_bars_count_the_test_images_and_lines_stand_at_ones_own() -> None:
    figure = costs_beside(USUAL, own(123.0, 5.5), with_kl=True)
    bars, line, kl_bars, kl_line = figure.data
    assert sum(bars.y) == pytest.approx(2000, abs=10)  # but for the few at the ends
    assert (bars.x * bars.y).sum() / sum(bars.y) == pytest.approx(100, abs=2)
    assert (kl_bars.x * kl_bars.y).sum() / sum(kl_bars.y) == pytest.approx(8, abs=0.2)
    assert list(line.x) == [123.0, 123.0]
    assert list(kl_line.x) == [5.5, 5.5]
    assert (line.text[1], kl_line.text[1]) == ("123", "6")
    assert (line.line.color, kl_line.line.color) == (HUES["reconstruction"], HUES["kl"])
    assert [each.text for each in figure.layout.annotations] == ["Reconstruction", "KL"]
    assert figure.layout.xaxis.title.text == figure.layout.xaxis2.title.text == "nats per image"


def test_an_autoencoder_has_one() -> None:
    figure = costs_beside(USUAL, own(123.0, 0.0), with_kl=False)
    assert len(figure.data) == 2
    assert list(figure.layout.xaxis.domain) == [0.0, 1.0]


@pytest.mark.parametrize("value", [-500.0, 0.0, 100.0, 1e6])
def test_the_axis_stays_and_the_line_is_always_on_it(value: float) -> None:
    usual = costs_beside(USUAL, own(100.0, 8.0), with_kl=True).layout.xaxis.range
    figure = costs_beside(USUAL, own(value, 8.0), with_kl=True)
    assert figure.layout.xaxis.range == usual
    assert usual[0] < figure.data[1].x[0] < usual[1]
    assert figure.data[1].text[1] == (f"{value:,.0f}" if value < 1e6 else "1,000,000 →")


def test_images_that_all_cost_the_same() -> None:
    figure = costs_beside(Costs(np.full(5, 3.0), np.zeros(5)), own(3.0, 0.0), with_kl=True)
    assert np.isfinite(figure.layout.xaxis.range).all()
    assert sum(figure.data[0].y) == 5
