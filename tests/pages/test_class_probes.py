"""Class probes: what a worker has measured, how it is had measured, and what stands in the way."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import server
from tests.conftest import copy_run, say_learned, wait_until
from tests.pages.crafted import set_state, spoil_latents
from tests.pages.doubles import Processes
from tests.pages.driving import calm, open_page, press
from tests.pages.shown import words
from vae.evaluation.class_probes import SPACES
from vae.files import read_json, write_json
from vae.runs.progress import write_progress
from vae.runs.run import SHIPPED, Run, open_run
from vae.runs.writer import RunWriter


def open_class_probes(run: Run) -> AppTest:
    return open_page("latent", run=run.id, view="knowledge")


def know(run: Run, knn: tuple[float, ...], **counts: int) -> Run:
    """Have a run's figures be known; knn: of latent means, PCA and pixels."""
    found: dict[str, Any] = {
        **{"training_images": 1437, "test_images": 360, "silhouette_images": 200},
        **counts,
    }
    figures = zip(knn, (0.5, 0.75, 0.6), (0.25, -0.5, 0.125), (2, 2, 64), strict=True)
    for space, (accuracy, probe, silhouette, dimensions) in zip(SPACES, figures, strict=True):
        found[space] = {
            **{"dimensions": dimensions, "knn": accuracy},
            **{"probe": probe, "silhouette": silhouette},
        }
    RunWriter(run.path).figures("knowledge.json", found)
    return run


def table(app: AppTest) -> list[list[str]]:
    """The cells of the table, row by row, without its ruling."""
    (text,) = (each.value for each in app.markdown if each.value.startswith("|"))
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return [rows[0], *rows[2:]]


def can_measure(app: AppTest) -> bool:
    return "Measure" in [button.label for button in app.button]


class TestFigures:
    def test_a_table_with_the_best_in_bold(self, run: Run) -> None:
        know(run, (0.9, 0.8, 0.95))
        app = open_class_probes(run)
        assert table(app) == [
            ["Input", "k-NN", "Linear probe", "Silhouette"],
            ["2 latent means", "90.0%", "50.0%", "**0.250**"],
            ["2 PCA values", "80.0%", "**75.0%**", "-0.500"],
            ["64 raw pixels", "**95.0%**", "60.0%", "0.125"],
        ]
        assert not can_measure(app)

    def test_what_is_shown_alike_is_equally_good(self, run: Run) -> None:
        know(run, (0.90001, 0.8, 0.90002))
        assert [row[1] for row in table(open_class_probes(run))[1:]] == [
            "**90.0%**",
            "80.0%",
            "**90.0%**",
        ]

    @pytest.mark.parametrize(
        ("knn", "verdict"),
        [
            ((0.9, 0.8, 0.95), "better than PCA and less well than the raw pixels"),
            ((0.951, 0.945, 0.944), "about as well as PCA and about as well as the raw pixels"),
            ((0.7, 0.8, 0.6), "less well than PCA and better than the raw pixels"),
        ],
    )
    def test_a_sentence_says_what_it_means(
        self, knn: tuple[float, ...], verdict: str, run: Run
    ) -> None:
        said = words(open_class_probes(know(run, knn)))
        latent, pca, pixels = (f"{accuracy:.1%}" for accuracy in knn)
        assert (
            f"With **2 numbers** a picture, k-NN gets **{latent}** of the test images right: "
            in said
        )
        assert f"{pca} with 2 numbers from PCA, {pixels} with all 64 of the raw pixels." in said
        assert f"separates the classes {verdict}." in said

    def test_how_it_was_measured(self, run: Run) -> None:
        said = words(open_class_probes(know(run, (0.9, 0.8, 0.95), training_images=10_000)))
        assert "Both learn from the first 10,000 training images" in said
        assert "scored on 360 test images" in said
        assert "mean over the first 200 test images" in said

    @pytest.mark.parametrize(
        "name",
        [
            path.parent.name
            for path in sorted(SHIPPED.glob("mnist-*/config.json"))
            if open_run(path.parent).config.has("encoder")
        ],
    )
    def test_of_what_ships(self, name: str, shipped: list[Run]) -> None:
        (run,) = (each for each in shipped if each.id == name)
        app = open_page("latent", run=name, view="knowledge")
        assert table(app)[1][0] == f"{run.config.latent_dim} latent means"
        assert re.fullmatch(r"\**\d\d\.\d%\**", table(app)[1][1])
        assert not can_measure(app)

    def test_a_single_dimension(self, line_run: Run, runs: Path) -> None:
        run = know(copy_run(line_run, runs / "line"), (0.9, 0.8, 0.95))
        found = read_json(run.path / "knowledge.json")
        found["latent"]["dimensions"] = 1
        write_json(run.path / "knowledge.json", found)
        app = open_class_probes(run)
        assert "With **1 number** a picture" in words(app)
        assert table(app)[1][0] == "1 latent mean"

    def test_a_damaged_file_says_so(self, run: Run) -> None:
        (run.path / "knowledge.json").write_text("{")
        app = open_class_probes(run)
        assert not app.error
        (warning,) = app.warning
        assert "knowledge.json must be as a run writes it" in warning.value


class TestMeasuring:
    def test_it_is_measured_on_request(self, run: Run, processes: Processes) -> None:
        processes.make_real()
        app = open_class_probes(run)
        assert not server.queue().is_pending(run, "knowledge")  # it costs: nobody asked yet
        press(app, "Measure")
        assert "Measuring" in words(app)
        assert not can_measure(app)
        wait_until(lambda: not server.queue().is_pending(run, "knowledge"), "it is measured")
        calm(app.run())
        found = Run(run.path).class_probes
        assert table(app)[3][1].strip("*") == f"{found['pixels']['knn']:.1%}"
        assert f"{found['latent']['knn']:.1%}" in words(app)

    def test_how_far_it_is(self, run: Run, processes: Processes) -> None:
        app = press(open_class_probes(run), "Measure")
        wait_until(lambda: f"{run.id}-knowledge" in processes, "it is under way")
        write_progress(run.path, "knowledge", 0.42)
        assert "Measuring how well codes separate the classes · 42%" in words(calm(app.run()))

    def test_a_run_that_trains_is_measured_after(self, busy: Run, finished_run: Run) -> None:
        for name in ("encoder.onnx", "decoder.onnx", "latents.npz"):
            shutil.copy(finished_run.path / name, busy.path)
        app = press(open_class_probes(busy), "Measure")
        assert "it starts when the training of this run has ended or paused" in words(app)

    def test_it_waits_for_its_turn(self, busy: Run, finished_run: Run) -> None:
        other = copy_run(finished_run, busy.path.parent / "other")
        assert "Measuring is queued: it starts when the work before it is done" in words(
            press(open_class_probes(other), "Measure")
        )

    def test_a_worker_that_fails_says_why(self, run: Run) -> None:
        write_progress(run.path, "knowledge", 0.0, "The disk is full: free some space.")
        app = open_class_probes(run)
        (error,) = app.error
        assert error.value == "The disk is full: free some space."
        assert can_measure(app)  # again

    def test_a_worker_that_is_killed(
        self, run: Run, processes: Processes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        processes.make_real()
        monkeypatch.setattr(sys, "executable", shutil.which("false"))
        app = press(open_class_probes(run), "Measure")
        wait_until(lambda: not server.queue().is_pending(run, "knowledge"), "the worker has ended")
        calm(app.run())
        (error,) = app.error
        assert error.value.startswith("Measuring ended before it was done.")
        assert can_measure(app)

    def test_it_says_how_long_it_takes(self, run: Run) -> None:
        assert "Takes about 10 s, after what is queued before it." in words(open_class_probes(run))


class TestInTheWay:
    def test_images_that_are_not_here(self, run: Run) -> None:
        say_learned(run.path, "mnist")
        app = open_class_probes(run)
        assert "needs the images of MNIST, which are not on this machine" in words(app)
        assert not can_measure(app)

    def test_images_that_nobody_knows(self, run: Run) -> None:
        info = read_json(run.path / "config.json")
        write_json(run.path / "config.json", info | {"dataset": "my_own"})
        app = open_class_probes(run)
        assert "the images of “my\\_own”, a data set that only its maker has" in words(app)
        assert not can_measure(app)

    def test_a_run_that_diverged(self, run: Run) -> None:
        app = open_class_probes(set_state(spoil_latents(run), "diverged"))
        assert "This run diverged: its codes are not finite numbers." in words(app)
        assert not can_measure(app)

    def test_what_ships_without_figures_stays_as_it_is(
        self, shipped: list[Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Run, "class_probes", {})
        app = open_page("latent", run="mnist-recommended", view="knowledge")
        assert "built-in runs do not change" in words(app)
        assert not can_measure(app)
