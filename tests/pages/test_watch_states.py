"""Watch, where there is no picture yet or there will be none: what it says instead, and hears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.crafted import TRAINED, craft, enqueue
from tests.pages.driving import open_page
from tests.pages.shown import board, component, words
from vae.config import Config
from vae.data.datasets import Dataset

CONFIG = Config(latent_dim=2, epochs=12)
Rows = Sequence[dict[str, Any]]
Make = Callable[..., AppTest]
FIRST_STEP = "The first pictures come with the first step."
NO_PICTURE = "It ended before there was a picture."
FAILED = "Failed: the disk is full."


@pytest.fixture
def make(runs: Path, digits: Dataset) -> Make:
    """Makes a run without pictures in a state, and opens it on Watch."""

    def made(state: str, config: Config = CONFIG, rows: Rows = (), **status: object) -> AppTest:
        run = craft(runs / "run", digits, config, state, rows, **status)
        if state == "queued":
            enqueue(run)
        return open_page("train", view="watch", run=run.id)

    return made


def heard(app: AppTest) -> str:
    """What a screen reader is given to read out."""
    return component(app, "announcer")["words"]


@pytest.mark.parametrize(
    ("state", "seen", "read_out"),
    [
        ("queued", "Next in the queue: it starts in a moment.", "The run waits in the queue."),
        (
            "starting",
            "Starting: TensorFlow needs a few seconds.",
            "The training is starting.",
        ),
        (
            "training",
            "Compiling the network: the first step follows in a few seconds.",
            "",
        ),
    ],
)
def test_before_the_first_step(state: str, seen: str, read_out: str, make: Make) -> None:
    app = make(state)
    (progress,) = app.main.get("progress")
    assert progress.proto.text == seen
    assert heard(app) == read_out
    shown = board(app, "run")
    assert (shown["frames"], shown["empty"]) == ([], FIRST_STEP)


@pytest.mark.parametrize(
    ("state", "reason", "seen"),
    [
        ("stopped", "", "Stopped. "),
        ("failed", FAILED, FAILED),
        ("failed", "The disk is full.", "Failed. The disk is full."),
        ("diverged", "The loss is nan.", "Diverged. The loss is nan."),
        ("interrupted", "Its process died.", "Interrupted. Its process died."),
    ],
)
def test_ended_before_there_was_a_picture(state: str, reason: str, seen: str, make: Make) -> None:
    app = make(state, reason=reason)
    assert seen.strip() in words(app)
    assert heard(app).strip() == seen.strip()
    shown = board(app, "run")
    assert (shown["frames"], shown["empty"]) == ([], NO_PICTURE)
    assert not app.main.get("progress")
    labels = [button.label for button in app.button]
    assert "Continue" in labels
    assert "Pause" not in labels


def test_a_run_that_cannot_continue_says_so(runs: Path, digits: Dataset) -> None:
    craft(runs / "run", digits, CONFIG, "failed", checkpoint=False, reason=FAILED)
    app = open_page("train", view="watch", run="run")
    assert "This run cannot be continued: its folder lacks the state of the training." in words(app)
    assert "Continue" not in [button.label for button in app.button]


def test_one_that_diverged_names_its_cure(make: Make) -> None:
    app = make("diverged", CONFIG.replace(learning_rate=2.0), TRAINED)
    assert "**Divergence.** The loss is no longer a finite number" in words(app)
    assert component(app, "announcer")["problem"].startswith("Divergence. ")
    assert "Continue with a learning rate of 0.2" in [button.label for button in app.button]


def test_curves_without_a_row_have_no_invented_axis(make: Make) -> None:
    app = make("failed", reason=FAILED)
    curves = board(app, "run")["curves"]
    assert not any(points for points in curves["points"].values())


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("training", "What it confuses appears with the first steps."),
        ("failed", "It ended before it was measured what it confuses."),
    ],
)
def test_of_a_classifier(state: str, seen: str, make: Make) -> None:
    assert seen in words(make(state, Config(kind="classifier", epochs=12)))


def test_a_gan_has_places_for_its_samples_alone(make: Make) -> None:
    shown = board(make("failed", Config(kind="gan", epochs=12), reason=FAILED), "run")
    assert not shown["hasCodes"]
    assert shown["empty"] == NO_PICTURE


def test_a_path_of_the_server_in_a_reason_is_not_shown(make: Make) -> None:
    app = make("failed", reason="Failed: no room in /srv/place/run.")
    assert "Failed: no room in" in words(app)
    assert "/srv/place" not in words(app) + heard(app)
