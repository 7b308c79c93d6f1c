"""Samples: how good they are, beside real images and shipped runs, or why nobody can tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from tests.conftest import copy_run, wait_until
from tests.pages.doubles import Processes
from tests.pages.driving import calm, open_page, press
from tests.pages.shown import alternatives, table_of_bars, words
from tests.schemas.test_figures import QUALITY
from vae.evaluation.digit_classifier import classifier_mark
from vae.runs import run_images
from vae.runs.progress import write_progress
from vae.runs.run import SHIPPED, Run
from vae.runs.writer import RunWriter

RECOMMENDED = SHIPPED / "mnist-recommended"


def known(**changes: Any) -> dict[str, Any]:
    return QUALITY | {"classifier": classifier_mark()} | changes


@pytest.fixture
def mnist_run(runs: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of one's own on MNIST, whose images are here as far as the page is concerned."""
    monkeypatch.setattr(run_images, "find_dataset", lambda name: name)
    run = copy_run(Run(RECOMMENDED), runs / "mine")
    (run.path / "quality.json").unlink(missing_ok=True)
    return run


def open_samples(run: Run) -> AppTest:
    return open_page("evaluate", run=run.id, view="samples")


def table(app: AppTest) -> dict[str, list[str]]:
    """The table's rows by their names."""
    (text,) = (each.value for each in app.markdown if each.value.startswith("|"))
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return {row[0]: row[1:] for row in [rows[0], *rows[2:]]}


class TestFigures:
    def test_beside_the_noise_floor(self, mnist_run: Run) -> None:
        RunWriter(mnist_run.path).figures("quality.json", known())
        app = open_samples(mnist_run)
        assert table(app) == {
            "Images": ["Distance", "Precision", "Recall", "Sure", "Balance"],
            "**This run**": ["86.5", "25%", "0%", "75%", "0%"],
            "Real digits": ["0.5", "88%", "90%", "100%", "100%"],
        }
        said = words(app)
        assert "between samples and real digits is **86.5**" in said
        assert "Two halves of the real digits differ by 0.5" in said
        assert "**25%** of the samples look like real digits" in said
        assert "100 samples from the prior (seed 0)" in said
        assert "The classifier gets 99.00% of the test images right" in said
        counts = table_of_bars(app, "Which digits the samples and the real images are")
        assert [*counts.values()] == [[100, 10], *[[0, 10]] * 9]

    def test_every_sampler(self, mnist_run: Run) -> None:
        others = {"mixture": known(precision=0.5), "posterior": known(precision=0.75)}
        RunWriter(mnist_run.path).figures("quality.json", known(samplers=others))
        rows = table(open_samples(mnist_run))
        names = ["**This run**", "This run, mixture", "This run, posterior", "Real digits"]
        assert list(rows) == ["Images", *names]
        assert [rows[name][1] for name in names] == ["25%", "50%", "75%", "88%"]

    def test_beside_what_ships(self, shipped: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
        found = {
            "mnist-recommended": known(),
            "mnist-convolutional": known(precision=0.5),
            "mnist-lecture": known(classifier="0123456789ab"),  # another one's units
        }
        monkeypatch.setattr(Run, "quality", property(lambda run: found.get(run.id, {})))
        rows = table(open_page("evaluate", run="mnist-recommended", view="samples"))
        assert list(rows) == ["Images", "**This run**", "Real digits", "Convolutional, built-in"]
        assert rows["Convolutional, built-in"][1] == "50%"

    def test_of_another_classifier(self, mnist_run: Run) -> None:
        RunWriter(mnist_run.path).figures("quality.json", known(classifier="0123456789ab"))
        assert "Another version of the classifier measured this" in words(open_samples(mnist_run))

    def test_a_damaged_file_says_so(self, mnist_run: Run) -> None:
        (mnist_run.path / "quality.json").write_text("{")
        app = open_samples(mnist_run)
        assert not app.error
        (warning,) = app.warning
        assert "quality.json must be as a run writes it" in warning.value


class TestMeasuring:
    def test_it_is_measured_on_request(self, mnist_run: Run, processes: Processes) -> None:
        app = open_samples(mnist_run)
        assert alternatives(app) == ["Samples from the prior"]  # something to see before
        press(app, "Measure")
        wait_until(lambda: f"{mnist_run.id}-quality" in processes, "it is under way")
        write_progress(mnist_run.path, "quality", 0.25)
        assert "Measuring samples · 25%" in words(calm(app.run()))
        RunWriter(mnist_run.path).figures("quality.json", known())
        assert server.queue().is_pending(mnist_run, "quality")
        assert table(calm(app.run()))["**This run**"][0] == "86.5"

    def test_a_worker_that_fails_says_why(self, mnist_run: Run) -> None:
        write_progress(mnist_run.path, "quality", 0.0, "The disk is full: free some space.")
        (error,) = open_samples(mnist_run).error
        assert error.value == "The disk is full: free some space."


class TestInTheWay:
    def test_another_data_set_has_no_classifier(self, run: Run) -> None:
        app = open_samples(run)
        assert "knows only MNIST's digits, and this run was trained on Digits." in words(app)
        assert alternatives(app) == ["Samples from the prior"]
        assert not [each for each in app.button if each.label == "Measure"]

    def test_what_ships_without_figures_stays_as_it_is(
        self, shipped: list[Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Run, "quality", {})
        app = open_page("evaluate", run="mnist-recommended", view="samples")
        assert "built-in runs do not change" in words(app)
