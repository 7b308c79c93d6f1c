"""Bars for papers show the numbers that the run holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.errors import RunError
from vae.figures.publication import to_file
from vae.figures.publication_bars import (
    classes_figure,
    dimensions_figure,
    lines_figure,
    variance_figure,
)
from vae.figures.references import Line
from vae.latent.projections import project_pca
from vae.latent.traversals import ranked_dimensions
from vae.runs.run import SHIPPED, Run, open_run

RUN = open_run(SHIPPED / "mnist-recommended")


def test_dimensions_by_what_they_carry() -> None:
    (axes,) = dimensions_figure(RUN).axes
    heights = [bar.get_height() for bar in axes.patches]
    assert heights == [each.kl for each in ranked_dimensions(RUN)]
    assert sum(heights) == pytest.approx(RUN.metrics["kl"], rel=1e-3)


def test_classes_by_what_they_cost() -> None:
    (axes,) = classes_figure(RUN).axes
    nats = RUN.metrics["reconstruction_per_class"]
    heights = [bar.get_height() for bar in axes.patches]
    assert heights == sorted(nats.values(), reverse=True)
    assert [text.get_text() for text in axes.get_xticklabels()][-1] == "1"


def test_classes_that_were_not_measured(finished_run: Run, tmp_path: Path) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    (run.path / "metrics.json").unlink()
    with pytest.raises(RunError, match=r"no reconstruction by class. Received: run"):
        classes_figure(Run(run.path))


def test_variance_of_components() -> None:
    (axes,) = variance_figure(RUN).axes
    share = project_pca(RUN).variance
    np.testing.assert_allclose([bar.get_height() for bar in axes.patches], 100 * share)
    assert axes.lines[0].get_ydata()[-1] == pytest.approx(100.0)


def test_lines_the_best_on_top() -> None:
    lines = [Line("A $1 run", 100.0, 20.0, is_own=True), Line("Mean", 200.0), Line("Best", 90.0)]
    figure = lines_figure(lines)
    (axes,) = figure.axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["Mean", r"A \$1 run", "Best"]  # upwards
    reconstruction, kl = axes.containers
    assert [bar.get_width() for bar in reconstruction] == [200.0, 100.0, 90.0]
    assert [(bar.get_x(), bar.get_width()) for bar in kl][1] == (100.0, 20.0)
    assert [text.get_text() for text in axes.texts] == ["200.0", "120.0", "90.0"]
    assert to_file(figure, "pdf", {"Run": "a"}).startswith(b"%PDF")
