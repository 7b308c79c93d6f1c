"""A run among reference lines: on a page, and for a paper."""

from __future__ import annotations

from vae.figures.publication import to_file
from vae.figures.references import Line, reference_bars, reference_figure

LINES = [Line("A $1 run", 100.0, 20.0, is_own=True), Line("Mean", 200.0), Line("Best", 90.0)]


def test_the_best_on_top_and_ones_own_stands_out() -> None:
    figure = reference_bars(LINES)
    reconstruction, kl = figure.data
    assert reconstruction.y == kl.y == ("Mean", "<b>A $1 run</b>", "Best")  # upwards
    assert (reconstruction.x, kl.x) == ((200.0, 100.0, 90.0), (0.0, 20.0, 0.0))
    assert reconstruction.marker.opacity == (0.5, 1.0, 0.5)
    assert [each.text for each in figure.layout.annotations] == ["200.0", "120.0", "90.0"]


def test_a_paper_has_what_the_page_has() -> None:
    figure = reference_figure(LINES)
    (axes,) = figure.axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["Mean", r"A \$1 run", "Best"]
    page = reference_bars(LINES)
    for bars, trace in zip(axes.containers, page.data, strict=True):
        assert [bar.get_width() for bar in bars] == list(trace.x)
        assert bars.get_label() == trace.name
    kl = axes.containers[1]
    assert [(bar.get_x(), bar.get_width()) for bar in kl][1] == (100.0, 20.0)
    assert [text.get_text() for text in axes.texts] == ["200.0", "120.0", "90.0"]
    assert axes.get_xlabel() == page.layout.xaxis.title.text
    assert to_file(figure, "pdf", {"Run": "a"}).startswith(b"%PDF")
