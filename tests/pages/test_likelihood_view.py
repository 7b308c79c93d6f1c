"""Likelihood: what was found, how it is had measured, and beside what it is put."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from tests.conftest import copy_run, wait_until
from tests.pages.doubles import Processes
from tests.pages.driving import act, calm, labelled, open_page, press
from tests.pages.shown import words
from tests.pages.test_evaluate import make_mnist
from vae.data.binarisation import binarisation_words
from vae.data.datasets import Dataset
from vae.evaluation.image_costs import costs_of
from vae.files import read_json, write_json
from vae.runs import layout
from vae.runs.progress import write_progress
from vae.runs.run import Run
from vae.runs.writer import RunWriter

FOUND = {
    **{"images": "all 360 test images", "treatment": "as said", "seconds": 20.0},
    **{"nll": 85.0, "nll_standard_error": 0.25, "elbo": -88.5, "importance_samples": 500},
}


def open_likelihood(run: Run) -> AppTest:
    return open_page("evaluate", run=run.id, view="likelihood")


def find(run: Run, **treatments: dict[str, Any]) -> Run:
    """Have likelihoods be known, each `FOUND` with some changes."""
    found = {name: FOUND | changes for name, changes in treatments.items()}
    RunWriter(run.path).figures("likelihood.json", found)
    return Run(run.path)


def choose(app: AppTest, binarisation: str) -> AppTest:
    return act(labelled(app.selectbox, "Test images").set_value(binarisation))


def rows(app: AppTest) -> list[list[str]]:
    """The rows of the literature's table."""
    lines = [line for line in words(app).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


class TestFigures:
    def test_the_estimate_beside_its_bound(self, run: Run) -> None:
        app = open_likelihood(find(run, none={}))
        assert {each.label: each.value for each in app.metric} == {
            "Negative log-likelihood, nats per image": "85.00 ± 0.25",
            "ELBO, nats per image": "-88.50",
            "Gap, nats per image": "3.50",
        }
        said = words(app)
        assert "All 360 test images, as said; K = 500 importance samples of each, in 20 s" in said
        assert not app.warning

    def test_the_runs_own_binarisation_comes_first(self, run: Run) -> None:
        app = open_likelihood(run)
        box = labelled(app.selectbox, "Test images")
        assert box.value == "none"
        assert box.options == [
            binarisation_words(run.config, name)
            for name in ("none", "threshold", "fixed", "sampled")
        ]

    def test_images_of_another_binarisation_are_warned_of(self, run: Run) -> None:
        app = choose(open_likelihood(find(run, none={}, threshold={"nll": 40.0})), "threshold")
        (warning,) = app.warning
        assert "This run was trained on other images (grey levels)" in warning.value
        assert app.metric[0].value == "40.00 ± 0.25"

    def test_what_ships_offers_what_it_came_with(
        self, shipped: list[Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Run, "likelihood", {"sampled": FOUND})
        app = open_page("evaluate", run="mnist-recommended", view="likelihood")
        assert len(labelled(app.selectbox, "Test images").options) == 1
        assert app.metric[0].value == "85.00 ± 0.25"
        assert not [each for each in app.button if each.label.startswith("Measure")]

    def test_a_damaged_file_says_so(self, run: Run) -> None:
        (run.path / "likelihood.json").write_text("{")
        app = open_likelihood(run)
        assert not app.error
        (warning,) = app.warning
        assert "likelihood.json must be as a run writes it" in warning.value


class TestLiterature:
    def test_a_row_of_its_own(self, run: Run) -> None:
        make_mnist(find(run, sampled={}))
        app = choose(open_likelihood(run), "sampled")
        assert [row[0] for row in rows(app)] == [
            *("IWAE, k = 50", "**This run**", "IWAE, k = 5", "VAE")
        ]
        assert rows(app)[1][1:] == ["**85.00**", "**measured here, 500 samples**"]
        assert "This run needs **1.8 nats an image less** than Burda's VAE (86.76)." in words(app)
        assert "With 5,000 samples its row would be a little lower." in words(app)

    def test_sampled_once_is_said(self, run: Run) -> None:
        make_mnist(find(run, fixed={"importance_samples": 5000}))
        said = words(choose(open_likelihood(run), "fixed"))
        assert "Papers sample the pixels anew each time; these were sampled once." in said
        assert "With 5,000 samples" not in said

    @pytest.mark.parametrize("binarisation", ["none", "threshold"])
    def test_other_treatments_have_none(self, binarisation: str, run: Run) -> None:
        make_mnist(find(run, none={}, threshold={}))
        app = choose(open_likelihood(run), binarisation)
        assert rows(app) == []
        assert "these figures are for other data" in words(app)

    def test_densities_have_none(self, run: Run) -> None:
        make_mnist(find(run, sampled={}))
        info = read_json(run.path / "config.json")
        info["config"]["likelihood"] = "continuous_bernoulli"
        write_json(run.path / "config.json", info)
        app = choose(open_likelihood(run), "sampled")
        assert rows(app) == []
        assert "this run's likelihood is a density" in words(app)

    def test_other_data_sets_have_none(self, run: Run) -> None:
        assert rows(open_likelihood(find(run, none={}))) == []


class TestMeasuring:
    def test_it_is_measured_on_request(self, run: Run, processes: Processes) -> None:
        processes.make_real()
        app = choose(open_likelihood(run), "sampled")
        act(labelled(app.text_input, "Importance samples per image").set_value("5"))
        press(app, "Measure")
        wait_until(lambda: not server.queue().is_pending(run, "likelihood"), "it is measured")
        calm(app.run())
        found = Run(run.path).likelihood["sampled"]
        assert found["importance_samples"] == 5
        assert app.metric[0].value == f"{found['nll']:.2f} ± {found['nll_standard_error']:.2f}"
        assert not app.error
        assert labelled(app.button, "Measure again")

    def test_how_far_it_is_and_for_how_long(self, run: Run, processes: Processes) -> None:
        app = press(open_likelihood(run), "Measure")
        wait_until(lambda: f"{run.id}-likelihood" in processes, "it is under way")
        write_progress(run.path, "likelihood", 0.5)
        said = words(calm(app.run()))
        assert "Measuring with 500 samples · 50% · about 4 s left" in said
        said = words(choose(app, "sampled"))
        assert "Measuring with 500 samples of other images (grey levels) · 50%" in said

    def test_it_can_be_stopped(self, busy: Run, finished_run: Run) -> None:
        run = copy_run(finished_run, busy.path.parent / "other")
        app = press(open_likelihood(run), "Measure")
        assert "Measuring is queued" in words(app)
        press(app, "Stop measuring")
        assert not server.queue().is_pending(run, "likelihood")
        assert not (run.path / "likelihood-asked.json").exists()
        assert not app.error
        assert labelled(app.button, "Measure")

    def test_a_worker_that_fails_says_why(self, run: Run) -> None:
        write_progress(run.path, "likelihood", 0.0, "The disk is full: free some space.")
        app = open_likelihood(run)
        assert [error.value for error in app.error] == ["The disk is full: free some space."]
        assert labelled(app.button, "Measure")

    def test_how_long_it_takes_grows_with_the_samples(self, run: Run) -> None:
        find(run, none={"importance_samples": 500, "seconds": 52.0})
        app = open_likelihood(run)
        assert "Takes about 60 s, after what is queued before it." in words(app)
        act(labelled(app.text_input, "Importance samples per image").set_value("5000"))
        assert "Takes about 9 min, after what is queued before it." in words(app)


class TestInTheWay:
    def test_an_autoencoder_has_none(self, autoencoder_run: Run, runs: Path) -> None:
        run = copy_run(autoencoder_run, runs / "autoencoder")
        (views,) = (each for each in open_likelihood(run).segmented_control if each.label == "View")
        assert (views.value, "Likelihood" in views.options) == ("Overview", False)

    def test_images_that_are_not_here(self, run: Run) -> None:
        make_mnist(run)
        app = open_likelihood(run)
        assert "needs the images of MNIST, which are not on this machine" in words(app)
        assert not [each for each in app.button if each.label == "Measure"]


class TestImages:
    def test_those_that_cost_least_and_most(self, run: Run, digits: Dataset) -> None:
        costs = costs_of(run, digits.x_test, run.latents["y"])
        nats = costs.reconstruction + costs.kl
        order = np.argsort(nats, kind="stable")
        likely, unlikely = _captioned(open_likelihood(run))
        for shown, expected in (likely, order), (unlikely, order[::-1]):
            assert [index for index, _ in shown] == expected[:12].tolist()
            assert [text for _, text in shown] == [f"{nats[each]:.0f}" for each in expected[:12]]

    def test_without_the_data_set_there_are_none(self, run: Run) -> None:
        make_mnist(run)
        app = open_likelihood(run)
        assert _captioned(app) == []
        assert "most likely" not in words(app)

    def test_without_latents_there_are_none(self, run: Run) -> None:
        (run.path / layout.LATENTS).unlink()
        app = open_likelihood(run)
        assert _captioned(app) == []
        assert labelled(app.button, "Measure")


def _captioned(app: AppTest) -> list[list[tuple[int, str]]]:
    """The numbers of the test images in each group of pictures, and what is below them."""
    bodies = [each.proto.body for each in app.get("html") if 'role="list"' in each.proto.body]
    found = [re.findall(r'alt="Test image (\d+)"[^>]*>([^<]*)<', body) for body in bodies]
    return [[(int(index), text) for index, text in group] for group in found]
