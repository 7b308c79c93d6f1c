"""Evaluate for a classifier: the verdict first, mistakes as pictures, calibration."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run, say_learned
from tests.kinds import Kinds
from tests.pages.driving import open_page
from tests.pages.shown import component, numbers, picture, words
from vae.data.datasets import load_dataset
from vae.evaluation.classification import confident_mistakes
from vae.model.calibration import reliability_bins
from vae.runs.run import Run
from vae.runs.writer import RunWriter


@pytest.fixture
def classifier(kinds: Kinds, runs: Path) -> Run:
    """A classifier of Digits, the only run of the server."""
    return copy_run(kinds["classifier-dense"], runs / "run")


def mistakes(app: AppTest) -> list[str]:
    bodies = [each.proto.body for each in app.main.get("html")]
    (found,) = (body for body in bodies if 'class="captioned"' in body)
    return re.findall(r'<div role="listitem">(.*?)</div>', found)


def test_the_verdict_stands_first(classifier: Run) -> None:
    app = open_page("evaluate")
    metrics = classifier.classifier_metrics
    said = words(app)
    assert f"It gives **{metrics['accuracy']:.2%}** of all 360 test images the right class" in said
    assert f"from **{metrics['accuracy_low']:.2%}** to **{metrics['accuracy_high']:.2%}**" in said
    assert said.index("It gives") < said.index("What it confuses")
    shown = {each.label: each.value for each in app.metric}
    assert shown["Calibration error"] == f"{metrics['calibration_error']:.2%}"


def test_the_surest_mistakes_as_pictures(classifier: Run) -> None:
    app = open_page("evaluate", view="mistakes")
    probabilities, y = classifier.predictions["probabilities"], classifier.predictions["y"]
    expected = confident_mistakes(probabilities, y, 30)
    found = mistakes(app)
    assert len(found) == len(expected)
    images = load_dataset("digits").x_test
    for text, index in zip(found[:5], expected[:5], strict=True):
        (url,) = re.findall(r"base64,([^\"]+)", text)
        np.testing.assert_array_equal(picture(base64.b64decode(url)), images[index])
        says = probabilities[index].argmax()
        assert f"is <b>{y[index]}</b>, says <b>{says}</b>" in text
        assert text.endswith(f"sure<br>no. {index}")
    wrong = int((probabilities.argmax(axis=1) != y).sum())
    assert f"It takes **{wrong:,}** of 360 test images for a wrong class" in words(app)


def test_mistakes_without_the_data_set_have_no_pictures(classifier: Run) -> None:
    say_learned(classifier.path, "mnist")
    app = open_page("evaluate", view="mistakes")
    assert "To see their pictures you need the images of MNIST" in app.info[0].value
    assert not any("<img" in each for each in mistakes(app))


def test_one_without_mistakes(classifier: Run) -> None:
    y = classifier.predictions["y"]
    RunWriter(classifier.path).outputs(probabilities=np.eye(10, dtype=np.float32)[y], y=y)
    assert "**no mistake** on 360 test images" in words(open_page("evaluate", view="mistakes"))


def test_calibration_is_that_of_the_predictions(classifier: Run) -> None:
    app = open_page("evaluate", view="calibration")
    probabilities, y = classifier.predictions["probabilities"], classifier.predictions["y"]
    bins = reliability_bins(probabilities.max(axis=1), probabilities.argmax(axis=1) == y)
    some = [each for each in bins if each.images]
    bars, _ = component(app, "reliability-run")["data"]
    assert numbers(bars["y"]) == pytest.approx([100 * each.accuracy for each in some])
    error = classifier.classifier_metrics["calibration_error"]
    assert f"differ by **{error:.2%}** on average" in words(app)


@pytest.mark.parametrize(
    ("confidence", "said"),
    [(0.999, "It is too sure"), (0.2, "It is more often right than it says")],
)
def test_the_verdict_names_the_direction(confidence: float, said: str, classifier: Run) -> None:
    # Every second answer is right, whatever the confidence.
    y = classifier.predictions["y"]
    says = np.where(np.arange(len(y)) % 2, y, (y + 1) % 10)
    probabilities = np.full((len(y), 10), (1.0 - confidence) / 9, np.float32)
    probabilities[np.arange(len(y)), says] = confidence
    RunWriter(classifier.path).outputs(probabilities=probabilities, y=y)
    assert f"{said}: confidence and accuracy differ by" in words(
        open_page("evaluate", view="calibration")
    )
