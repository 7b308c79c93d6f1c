"""A run among reference lines: on a page, and for a paper."""

from __future__ import annotations

from vae.figures.publication import to_file
from vae.figures.references import Line, reference_bars, reference_figure

LINES = [Line("A $1 run", 100.0, 20.0, is_own=True), Line("Mean", 200.0), Line("Best", 90.0)]


def test_the_best_on_top_and_ones_own_stands_out() -> None:
    bars = reference_bars(LINES)
    assert bars.names == ("Best", "A $1 run", "Mean")
    assert [each.values for each in bars.series] == [(90.0, 100.0, 200.0), (0.0, 20.0, 0.0)]
    assert (bars.own, bars.is_stacked, bars.longest) == (1, True, 200.0)


def test_a_publication_has_what_the_page_has() -> None:
    figure = reference_figure(LINES)
    (axes,) = figure.axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["Mean", r"A \$1 run", "Best"]
    page = reference_bars(LINES)
    for bars, series in zip(axes.containers, page.series, strict=True):
        assert [bar.get_width() for bar in bars] == list(series.values)[::-1]  # a paper's go up
        assert bars.get_label() == series.name
    kl = axes.containers[1]
    assert [(bar.get_x(), bar.get_width()) for bar in kl][1] == (100.0, 20.0)
    assert [text.get_text() for text in axes.texts] == ["200.0", "120.0", "90.0"]
    assert axes.get_xlabel() == page.unit
    assert to_file(figure, "pdf", {"Run": "a"}).startswith(b"%PDF")
