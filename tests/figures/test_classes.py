"""Bars over classes: on a page, and for a paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.errors import RunError
from vae.figures.classes import class_cost_bars, class_cost_figure, class_counts, digit_counts
from vae.figures.colors import CLASS_COLORS
from vae.runs.run import SHIPPED, Run, open_run


def test_images_of_each_class() -> None:
    bars = class_counts(np.array([0, 0, 2]), ("a", "b", "c"))
    assert (bars.names, bars.series[0].values) == (("a", "b", "c"), (2, 0, 1))
    assert bars.row_colors == CLASS_COLORS[:3]
    assert bars.longest == 2


def test_digits_of_two_sets() -> None:
    bars = digit_counts({"Samples": [1, 2], "Test images": [3, 4]})
    assert [each[:2] for each in bars.series] == [("Samples", (1, 2)), ("Test images", (3, 4))]
    assert (bars.names, bars.longest) == (("0", "1"), 4)


def test_costs_the_hardest_class_first() -> None:
    bars = class_cost_bars({"<b>easy</b>": 1.0, "hard": 3.0, "between": 2.0})
    assert bars.names == ("hard", "between", "<b>easy</b>")
    assert bars.series[0].values == (3.0, 2.0, 1.0)


def test_a_publication_has_what_the_page_has() -> None:
    run = open_run(SHIPPED / "mnist-recommended")
    nats = run.metrics["reconstruction_per_class"]
    page = class_cost_bars(nats)
    (axes,) = class_cost_figure(run).axes
    heights = [bar.get_height() for bar in axes.patches]
    assert heights == list(page.series[0].values) == sorted(nats.values(), reverse=True)
    names = [text.get_text() for text in axes.get_xticklabels()]
    assert names == list(page.names)
    assert names[-1] == "1"
    assert (axes.get_xlabel(), axes.get_ylabel()) == (page.along, page.unit)


def test_costs_that_were_not_measured(finished_run: Run, tmp_path: Path) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    (run.path / "metrics.json").unlink()
    with pytest.raises(RunError, match=r"no reconstruction by class. Received: run"):
        class_cost_figure(Run(run.path))
