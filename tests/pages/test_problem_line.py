"""Problem: the words, the button, and that the button cures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.crafted import change, craft, enqueue, epochs, row, ticket_of
from tests.pages.driving import calm, labelled, open_page, open_watch, press, watch
from tests.pages.shown import words
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.control import Segment
from vae.runs.run import Run

CONFIG = Config(latent_dim=2, epochs=12)
HEALTHY = epochs(30.0, 20.0, 15.0)
# What was configured and learned; what the page says of it; the button, and what it changes.
PROBLEMS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str, str, dict[str, float]]] = {
    "collapse": (
        {"beta": 50.0},
        epochs(35.0, 30.0, kl=(0.01, 0.02), beta=50.0),
        "**Posterior collapse.** The KL is near zero in all dimensions (0.03 nats)",
        "Continue with a beta of 1",
        {"beta": 1.0},
    ),
    "holes": (
        {"beta": 0.04},
        epochs(15.0, 12.0, beta=0.04, prior_distance=9.4),
        "**Holes in the latent space.** Random codes lie 9 standard deviations",
        "Continue with a beta of 1",
        {"beta": 1.0},
    ),
    "no learning": (
        {"learning_rate": 1e-6},
        epochs(44.2, 44.19),
        "**No learning.** After 2 epochs the reconstructions are hardly better than plain grey "
        "(44 of 44 nats): a learning rate of 1e-06 is likely too small.",
        "Continue with a learning rate of 1e-05",
        {"learning_rate": 1e-5},
    ),
    "rising": (
        {"learning_rate": 0.5},
        epochs(20.0, 45.0),
        "**Divergence.** Reconstruction rose from 20 nats: a learning rate of 0.5 makes steps "
        "that are too large.",
        "Continue with a learning rate of 0.05",
        {"learning_rate": 0.05},
    ),
}


def box(app: AppTest) -> list[str]:
    """What is said of problem."""
    sign = ":material/healing: "
    return [each.value.removeprefix(sign) for each in app.markdown if sign in each.value]


def run_with_problem(name: str, folder: Path, dataset: Dataset, state: str, **more: Any) -> Run:
    settings, rows, *_ = PROBLEMS[name]
    return craft(folder, dataset, CONFIG.replace(**settings), state, rows, **more)


@pytest.mark.parametrize("name", PROBLEMS)
class TestEach:
    def test_a_paused_run_resumes_with_the_cure(
        self, name: str, runs: Path, digits: Dataset
    ) -> None:
        _, _, said, button, cure = PROBLEMS[name]
        run = run_with_problem(name, runs / "run", digits, "paused")
        app = open_watch(run)
        (found,) = box(app)
        assert found.startswith(said)
        press(app, button)
        assert run.control.settings == pytest.approx(cure)
        assert run.control.action == "run"
        assert Run(run.path).state == "queued"
        assert ticket_of(run) is not None
        assert not app.error

    def test_a_run_that_trains_gets_it_at_once(
        self, name: str, runs: Path, digits: Dataset
    ) -> None:
        *_, button, cure = PROBLEMS[name]
        run = enqueue(run_with_problem(name, runs / "run", digits, "training"), started=True)
        with run.lock():
            press(open_watch(run), button)
            assert run.control.settings == pytest.approx(cure)
            assert run.control.action == "run"
            assert Run(run.path).state == "training"

    def test_a_finished_run_gets_more_epochs(self, name: str, runs: Path, digits: Dataset) -> None:
        *_, button, cure = PROBLEMS[name]
        run = run_with_problem(name, runs / "run", digits, "finished")
        app = open_watch(run)
        assert "for 5 more epochs" in labelled(app.button, button).help
        press(app, button)
        assert run.control.settings == pytest.approx(cure)
        last = len(run.history)
        assert run.control.more == (Segment(last, last + 5),)
        assert Run(run.path).state == "queued"

    def test_without_a_checkpoint_there_are_words_alone(
        self, name: str, runs: Path, digits: Dataset
    ) -> None:
        *_, button, _ = PROBLEMS[name]
        app = open_watch(run_with_problem(name, runs / "run", digits, "stopped", checkpoint=False))
        assert len(box(app)) == 1
        assert button not in [each.label for each in app.button]

    def test_the_cure_ends_the_complaint(self, name: str, runs: Path, digits: Dataset) -> None:
        settings, rows, *_, cure = PROBLEMS[name]
        change_row = change(rows[-1]["epoch"], 25, **cure)
        later = [*rows, change_row, row(3, 25.0, kind="step", step=5, beta=cure.get("beta", 1.0))]
        run = craft(runs / "run", digits, CONFIG.replace(**settings), "paused", later)
        run.requests.change(**cure)
        assert box(open_watch(run)) == []


class TestDiverged:
    def test_it_resumes_with_smaller_steps(self, runs: Path, digits: Dataset) -> None:
        config = CONFIG.replace(learning_rate=2.0)
        run = craft(runs / "run", digits, config, "diverged", epochs(40.0))
        app = open_watch(run)
        (found,) = box(app)
        assert found == (
            "**Divergence.** The loss is no longer a finite number: a learning rate of 2 makes "
            "steps that are too large."
        )
        press(app, "Continue with a learning rate of 0.2")
        assert run.control.settings == {"learning_rate": 0.2}
        assert (Run(run.path).state, box(app)) == ("queued", [])

    def test_it_diverged_before_its_first_epoch(self, runs: Path, digits: Dataset) -> None:
        run = craft(runs / "run", digits, CONFIG, "diverged", [])
        assert len(box(open_watch(run))) == 1


class TestBox:
    def test_a_healthy_run_has_none(self, runs: Path, digits: Dataset) -> None:
        assert box(open_watch(craft(runs / "run", digits, CONFIG, "paused", HEALTHY))) == []

    def test_a_run_that_has_just_begun_has_none(self, runs: Path, digits: Dataset) -> None:
        run = craft(runs / "run", digits, CONFIG, "paused", [row(1, 44.0, kind="step", step=2)])
        assert box(open_watch(run)) == []

    def test_of_shipped_runs_the_lectures_have_holes_alone(self, shipped: list[Run]) -> None:
        for run in shipped:
            app = watch(open_page("train", run=run.id))
            found = box(app)
            if run.id.startswith("mnist-lecture"):
                assert found[0].startswith("**Holes in the latent space.**")
                assert "Continue with a beta of 1" not in [each.label for each in app.button]
            else:
                assert found == []

    def test_only_the_most_urgent_is_shown(self, runs: Path, digits: Dataset) -> None:
        # It learns nothing, and so its code says nothing.
        rows = epochs(44.2, 44.19, kl=(0.0, 0.0))
        (found,) = box(open_watch(craft(runs / "run", digits, CONFIG, "paused", rows)))
        assert found.startswith("**No learning.**")

    @pytest.mark.usefixtures("busy")
    def test_a_queued_run_keeps_its_position(self, runs: Path, digits: Dataset) -> None:
        run = enqueue(run_with_problem("collapse", runs / "run", digits, "queued"))
        enqueue(craft(runs / "next", digits, CONFIG, "queued"))
        before = ticket_of(run)
        press(open_watch(run), PROBLEMS["collapse"][3])
        assert run.control.settings == {"beta": 1.0}
        assert ticket_of(run) == before

    @pytest.mark.parametrize("name", ["collapse", "rising"])
    def test_what_the_server_refuses_is_said(
        self, name: str, runs: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "6")
        run = run_with_problem(name, runs / "run", digits, "finished")
        app = press(open_watch(run), PROBLEMS[name][3])
        (error,) = app.error
        assert error.value == "On this server a run has at most 6 epochs. Received: 7"
        assert run.settings == run.config  # nothing is changed that is not resumed
        assert not calm(app.run()).error
        assert "Finished" in words(app)
