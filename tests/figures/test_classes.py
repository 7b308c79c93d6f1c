"""Bars over classes: on a page, and for a paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.errors import RunError
from vae.figures.classes import class_cost_bars, class_cost_figure, class_counts, digit_counts
from vae.runs.run import SHIPPED, Run, open_run


def test_images_of_each_class() -> None:
    (bars,) = class_counts(np.array([0, 0, 2]), ("a", "b", "c")).data
    np.testing.assert_array_equal(bars.y, [2, 0, 1])


def test_digits_of_two_sets() -> None:
    samples, real = digit_counts({"Samples": [1, 2], "Test images": [3, 4]}).data
    assert (samples.name, samples.y, real.name, real.y) == (
        "Samples",
        (1, 2),
        "Test images",
        (3, 4),
    )


def test_costs_the_hardest_class_first() -> None:
    (bars,) = class_cost_bars({"<b>easy</b>": 1.0, "hard": 3.0, "between": 2.0}).data
    assert bars.x == ("hard", "between", "&lt;b&gt;easy&lt;/b&gt;")
    assert bars.y == (3.0, 2.0, 1.0)


def test_a_paper_has_what_the_page_has() -> None:
    run = open_run(SHIPPED / "mnist-recommended")
    nats = run.metrics["reconstruction_per_class"]
    page = class_cost_bars(nats)
    (axes,) = class_cost_figure(run).axes
    heights = [bar.get_height() for bar in axes.patches]
    assert heights == list(page.data[0].y) == sorted(nats.values(), reverse=True)
    names = [text.get_text() for text in axes.get_xticklabels()]
    assert names == list(page.data[0].x)
    assert names[-1] == "1"
    titles = page.layout.xaxis.title.text, page.layout.yaxis.title.text
    assert (axes.get_xlabel(), axes.get_ylabel()) == titles


def test_costs_that_were_not_measured(finished_run: Run, tmp_path: Path) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    (run.path / "metrics.json").unlink()
    with pytest.raises(RunError, match=r"no reconstruction by class. Received: run"):
        class_cost_figure(Run(run.path))
