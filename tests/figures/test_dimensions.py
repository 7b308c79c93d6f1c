"""Bars of latent dimensions: on a page, and for a paper."""

from __future__ import annotations

import pytest

from vae.figures.colors import HUES
from vae.figures.dimensions import kl_bars, kl_figure, variance_bars
from vae.latent.traversals import Dimension, ranked_dimensions
from vae.runs.run import SHIPPED, open_run
from vae.statistics import ACTIVE_VARIANCE

RANKED = [Dimension(2, 3.5, 0.9), Dimension(0, 0.5, 0.2), Dimension(1, 0.0, 0.0)]


class TestBars:
    def test_kl_in_the_order_passed_unused_ones_grey(self) -> None:
        figure = kl_bars(RANKED)
        (bars,) = figure.data
        assert bars.x == ("z3", "z1", "z2")
        assert bars.y == (3.5, 0.5, 0.0)
        assert bars.marker.color[:2] == (HUES["kl"],) * 2
        assert bars.marker.color[2] != HUES["kl"]
        assert bars.marker.opacity == (1.0, 1.0, 0.55)
        assert "nats" in figure.layout.yaxis.title.text
        low, high = figure.layout.yaxis.range
        assert (low, high > 3.5) == (0, True)

    def test_kl_that_is_nothing_anywhere(self) -> None:
        assert kl_bars([Dimension(0, 0.0, 0.0)]).layout.yaxis.range == (0, 1.0)

    def test_variance_beside_its_threshold(self) -> None:
        figure = variance_bars(RANKED)
        (bars,) = figure.data
        assert bars.y[:2] == (0.9, 0.2)
        assert 0.0 < bars.y[2] < ACTIVE_VARIANCE  # a logarithmic axis has no zero
        (line,) = figure.layout.shapes
        assert (line.y0, line.y1) == (ACTIVE_VARIANCE, ACTIVE_VARIANCE)
        low, high = figure.layout.yaxis.range
        assert 10**low <= bars.y[2]
        assert 10**high > 0.9


def test_a_publication_has_what_the_page_has() -> None:
    run = open_run(SHIPPED / "mnist-recommended")
    ranked = ranked_dimensions(run)
    page = kl_bars(ranked)
    (axes,) = kl_figure(run).axes
    heights = [bar.get_height() for bar in axes.patches]
    assert heights == list(page.data[0].y) == [each.kl for each in ranked]
    assert sum(heights) == pytest.approx(run.metrics["kl"], rel=1e-3)
    assert [text.get_text() for text in axes.get_xticklabels()] == list(page.data[0].x)
    titles = page.layout.xaxis.title.text, page.layout.yaxis.title.text
    assert (axes.get_xlabel(), axes.get_ylabel()) == titles
    assert axes.get_ylim() == page.layout.yaxis.range
