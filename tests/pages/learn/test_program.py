"""Learn: the lecture's program, step by step, and training it from the chapter."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.learn.program_steps import STEPS
from tests.pages.crafted import TRAINED, craft
from tests.pages.doubles import Browser
from tests.pages.driving import act, labelled, open_page, press
from tests.pages.shown import words
from vae.data.datasets import Dataset
from vae.evaluation.digit_classifier import classify
from vae.presets import PRESETS
from vae.runs.run import Run, open_run

PREDICTED = "784 × 128 + 128 = 100,480"


@pytest.fixture
def lecture(shipped: list[Run]) -> Run:
    return next(run for run in shipped if run.id == "mnist-lecture")


def cells(app: AppTest) -> list[list[str]]:
    """The rows of the tables that a step shows."""
    lines = re.findall(r"^\| (.*) \|$", words(app), re.MULTILINE)
    return [line.split(" | ") for line in lines]


@pytest.mark.usefixtures("lecture")
def test_every_step_by_buttons_and_by_its_link() -> None:
    app = open_page("learn", chapter="program")
    for at, step in enumerate(STEPS, start=1):
        assert f"{at} of {len(STEPS)}: {step.title}" in [each.value for each in app.subheader]
        assert [each.value for each in app.code] == [step.lecture, step.ours]
        if at < len(STEPS):
            press(app, "Step forward")
    assert app.query_params["step"] == str(len(STEPS))
    assert labelled(app.button, "Step forward").disabled
    press(app, "Step back")
    assert labelled(app.slider, "Step").value == len(STEPS) - 1
    linked = open_page("learn", chapter="program", step="4")
    assert f"4 of {len(STEPS)}: The encoder" in [each.value for each in linked.subheader]


def test_the_loss_in_both_units(lecture: Run) -> None:
    app = open_page("learn", chapter="program", step="7")
    images = lecture.fixed["images"]
    mean, log_var = lecture.encode(images)
    x = images.reshape(10, -1) / 255.0
    copies = np.clip(lecture.decode(mean).reshape(10, -1).astype(float), 1e-7, 1 - 1e-7)
    recon = -np.mean(x * np.log(copies) + (1 - x) * np.log(1 - copies), axis=1)
    kl_loss = -1e-4 * np.mean(1 + log_var - mean**2 - np.exp(log_var), axis=1)
    rows = [row for row in cells(app) if row[0].startswith("a ")]
    assert len(rows) == 5
    for row, one, other in zip(rows, recon, kl_loss, strict=False):
        numbers = [float(text) for text in row[1:]]
        np.testing.assert_allclose(numbers[:3], [one, other, one + other], atol=1.01e-4)
        assert numbers[5] == pytest.approx(784 * (one + other), abs=0.06)


def test_the_counts(lecture: Run) -> None:
    app = open_page("learn", chapter="program", step="8")
    totals = {row[0]: row[2] for row in cells(app)}
    assert totals["encoder_model"] == "101,512"
    assert totals["decoder_model"] == "101,776"
    assert totals["**in all**"] == "**203,288**"
    assert PREDICTED not in words(app)
    (question,) = (each for each in app.radio if "dense layer" in each.label)
    act(question.set_value(PREDICTED))
    assert "**Yes.**" in words(app)
    assert "100,480" in words(app)


def test_the_labels_of_the_batch(lecture: Run) -> None:
    app = open_page("learn", chapter="program", step="2")
    (pictures,) = (
        each.proto.body for each in app.main.get("html") if "captioned" in each.proto.body
    )
    said = [int(label) for label in re.findall(r"label (\d)", pictures)]
    assert said == classify(lecture.fixed["images"])[1].argmax(axis=1).tolist()


@pytest.mark.usefixtures("lecture")
def test_new_noise_is_another_code() -> None:
    app = open_page("learn", chapter="program", step="3")
    before = cells(app)[2:]
    for name, mean, log_var, sigma, epsilon, z in before:
        assert float(sigma) == pytest.approx(np.exp(float(log_var) / 2), abs=2e-3)
        assert float(z) == pytest.approx(float(mean) + float(sigma) * float(epsilon), abs=4e-3)
        assert name.startswith("z")
    press(app, "New noise")
    after = cells(app)[2:]
    assert [row[1:4] for row in after] == [row[1:4] for row in before]
    assert all(new[5] != old[5] for new, old in zip(after, before, strict=True))


@pytest.mark.usefixtures("lecture")
class TestRunIt:
    def test_without_mnist_it_learns_digits(self, runs: Path) -> None:
        app = press(open_page("learn", chapter="program"), "Run it")
        (path,) = (each for each in runs.iterdir() if not each.name.startswith("."))
        run = open_run(path)
        assert (run.config, run.dataset) == (PRESETS["lecture"], "digits")
        assert labelled(app.button, "Run it again").disabled
        assert "MNIST is not on this machine" in words(app)
        labelled(app.button, "Watch it under Train").click().run()
        assert app.query_params["run"] == path.name
        assert labelled(app.segmented_control, "View").value == "Watch"

    def test_one_that_was_interrupted(self, runs: Path, digits: Dataset) -> None:
        reason = "Interrupted: its process died."
        craft(runs / "own", digits, PRESETS["lecture"], "interrupted", TRAINED, reason=reason)
        app = open_page("learn", chapter="program")
        assert "its process died" in words(app)
        assert "press **Continue**" in words(app)
        assert not labelled(app.button, "Run it again").disabled

    def test_limits_of_a_public_server(
        self, browser: Browser, runs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "20")
        app = press(open_page("learn", chapter="program"), "Run it")
        (path,) = (each for each in runs.iterdir() if not each.name.startswith("."))
        assert open_run(path).config == PRESETS["lecture"].replace(epochs=20)
        assert "for 20 epochs of Digits" in words(app)
