"""Learn: the chapter on data augmentation, read off studies whose numbers are made by hand."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.augmentation.made import FOUND, made_rows, made_study
from tests.pages.driving import act, labelled, open_page, press
from tests.pages.shown import component, words
from vae.augmentation import stored as stored_module
from vae.augmentation.methods import METHODS, MethodName
from vae.augmentation.summary import paired_difference
from vae.augmentation.verdict import points
from vae.data.datasets import Dataset
from vae.evaluation.digit_classifier import classify
from vae.runs.run import Run
from vae.server.study_store import StudyStore

pytestmark = pytest.mark.usefixtures("shipped")


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the stored studies, which is empty."""
    folder = tmp_path / "stored"
    monkeypatch.setattr(stored_module, "FOLDER", folder)
    return folder


def open_chapter() -> AppTest:
    return open_page("learn", chapter="augmentation")


def test_without_a_stored_study_it_says_so() -> None:
    app = open_chapter()
    assert [each.value for each in app.info].count(app.info[0].value) == 2
    assert "No study comes with this version yet" in app.info[0].value
    assert not any("What helps it more" in (each.label or "") for each in app.radio)
    assert not labelled(app.button, "Start a small study").disabled


def test_read_off_for_each_number(stored: Path, digits: Dataset) -> None:
    rows = made_study(stored / "digits", digits).rows
    app = open_chapter()
    assert f"**{100 * FOUND[5]['real']:.0f}" in words(app).replace(".0 %", "")
    expected: tuple[tuple[int, MethodName, str], ...] = (
        (5, "vae", "helps"),
        (50, "vae", "no difference is shown"),
        (50, "gan", "hurts"),
    )
    for number, method, effect in expected:
        act(labelled(app.select_slider, "Labelled images a class").set_value(number))
        difference = paired_difference(rows, number, method, "real")
        assert difference
        start = f"- **{METHODS[method].title}**"
        (line,) = (line for line in words(app).splitlines() if line.startswith(start))
        assert points(difference) in line
        assert line.endswith(effect)
    assert "With all labels: 99.0 %" in words(app)


@pytest.mark.parametrize(
    ("classical", "right"),
    [(0.70, "Classical augmentation"), (0.55, "Images of a conditional VAE")],
)
def test_the_answer_is_the_study_s(
    stored: Path, digits: Dataset, classical: float, right: str
) -> None:
    found = {10: FOUND[5] | {"classical": classical}, 50: FOUND[50]}
    made_study(stored / "digits", digits, made_rows(found))
    app = open_chapter()
    (question,) = (each for each in app.radio if "What helps it more" in each.label)
    assert "10 labelled images a class of Digits" in question.label
    act(question.set_value(right))
    assert "**Yes.**" in words(app)
    assert f"with classical augmentation {100 * classical:.1f} %" in words(app)


def test_a_study_of_one_s_own(runs: Path) -> None:
    app = open_chapter()
    act(labelled(app.segmented_control, "Images a class").set_value(5))
    press(app, "Start a small study")
    (study,) = StudyStore(runs).all()
    settings = study.settings
    assert (settings["dataset"], settings["per_class"], settings["seeds"]) == ("digits", [5], 3)
    assert labelled(app.button, "Start a small study").disabled
    press(app, "Stop")
    # One that has not begun ends at once, whenever the queue comes to it.
    (study,) = StudyStore(runs).all()
    assert study.state == "stopped" or study.requested == "stop"


def test_two_ways_of_one_digit(shipped: list[Run]) -> None:
    run = next(run for run in shipped if run.id == "mnist-conditional")
    app = open_chapter()
    act(labelled(app.segmented_control, "Digit").set_value(3))
    sent = component(app, "learn-warped")
    pixels = np.frombuffer(base64.b64decode(sent["pixels"]), np.uint8).reshape(28, 28)
    np.testing.assert_array_equal(pixels, run.fixed["images"][3, ..., 0])
    assert classify(pixels[None, ..., None])[1].argmax() == 3
