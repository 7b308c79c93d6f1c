"""Draw for a classifier: what it says of a drawing, a test image, noise and other data."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run, say_learned
from tests.kinds import Kinds
from tests.pages.driving import act, go, labelled, open_page, press
from tests.pages.pen import draw, stroke, take
from tests.pages.shown import picture, picture_called, words
from vae.data.datasets import load_dataset
from vae.data.user_images import FRAMES, framed, ink_of
from vae.runs.run import SHIPPED, Run, open_run


@pytest.fixture
def classifier(kinds: Kinds, runs: Path) -> Run:
    """A classifier of Digits, the only run of the server."""
    return copy_run(kinds["classifier-dense"], runs / "run")


def headings(app: AppTest) -> list[str]:
    return [each.value for each in app.header]


def percentages(app: AppTest) -> list[float]:
    """The probability of each class, as the first table of bars says it."""
    (table,) = (
        each.proto.body
        for each in app.main.get("html")
        if 'aria-label="Probability of each class' in each.proto.body
    )
    return [float(each) for each in re.findall(r"<b>([\d.]+)</b>", table)]


def test_what_it_says_of_a_drawing(classifier: Run) -> None:
    app = draw(open_page("latent", view="draw"), stroke())
    image = framed(ink_of(stroke().convert("RGBA")), (8, 8, 1), FRAMES["digits"])
    (expected,) = classifier.classify(image[None])
    assert percentages(app) == pytest.approx((100 * expected).tolist(), abs=0.051)
    assert headings(app)[0] == f"It says {expected.argmax()}"
    assert not app.error


def test_before_the_first_stroke_there_is_an_example(classifier: Run) -> None:
    app = open_page("latent", view="draw")
    expected = classifier.predictions["probabilities"][0]
    assert headings(app)[0] == f"Of the example it says {expected.argmax()}"
    assert "An example until you have a picture of your own." in words(app)


@pytest.mark.parametrize("is_right", [True, False])
def test_of_a_test_image_it_says_whether_that_is_right(is_right: bool, classifier: Run) -> None:
    probabilities, y = classifier.predictions["probabilities"], classifier.predictions["y"]
    found = np.flatnonzero((probabilities.argmax(axis=1) == y) == is_right)[0]
    app = take(open_page("latent", view="draw"), "Test image")
    app = act(labelled(app.text_input, "Test image").set_value(str(found)))
    said = f"and right: this is {y[found]}." if is_right else f"and wrong: this is **{y[found]}**."
    assert said in words(app)


def test_noise_has_no_right_class_and_changes(classifier: Run, pictures: dict[str, bytes]) -> None:
    app = take(open_page("latent", view="draw"), "Noise")
    first = picture(pictures[picture_called(app, "Noise")])
    assert "but this is noise: none of its classes is right." in words(app)
    app = press(app, "New noise")
    second = picture(pictures[picture_called(app, "Noise")])
    assert (first != second).any()
    assert app.query_params["seed"] == "1"


def test_a_picture_of_other_data(classifier: Run, pictures: dict[str, bytes]) -> None:
    """Without the data set: built-in runs bring pictures along."""
    app = take(open_page("latent", view="draw", run="run"), "Other data")
    choice = labelled(app.selectbox, "Picture of")
    assert "cat, Animals" in choice.options
    assert not [each for each in choice.options if each.endswith(", Digits")]  # its own
    assert len(choice.options) == 20  # of MNIST too, each class once
    app = act(choice.set_value("cat, Animals"))
    assert "but this is cat, Animals: none of its classes is right." in words(app)
    shown = picture(pictures[picture_called(app, "cat, Animals")])
    assert shown.shape[0] == shown.shape[1]
    assert sum(percentages(app)) == pytest.approx(100.0, abs=0.5)
    go(app, "evaluate")
    assert labelled(go(app, "latent").selectbox, "Picture of").value == "cat, Animals"


def test_without_the_data_set_there_are_the_pictures_of_the_run(kinds: Kinds, runs: Path) -> None:
    run = copy_run(kinds["classifier-dense"], runs / "run")
    say_learned(run.path, "mnist")
    app = take(open_page("latent", view="draw"), "Test image")
    assert "These 10 come with the run" in words(app)
    labels = run.fixed["labels"]
    app = act(labelled(app.text_input, "Test image").set_value("7"))
    (expected,) = run.classify(run.fixed["images"][7:8])
    assert headings(app)[0] == f"It says {expected.argmax()}"
    true = str(labels[7]) if expected.argmax() == labels[7] else f"**{labels[7]}**"
    assert f"this is {true}." in words(app)


def test_dog_or_cat_without_the_data(shipped: list[Run]) -> None:
    app = take(open_page("latent", view="draw", run="animals-classifier"), "Test image")
    run = open_run(SHIPPED / "animals-classifier")
    label = run.class_names.index("cat")
    number = int(np.flatnonzero(run.fixed["labels"] == label)[0])
    app = act(labelled(app.text_input, "Test image").set_value(str(number)))
    assert headings(app)[0] == "It says cat"
    assert "and right: this is cat." in words(app)


def test_it_is_the_surer_the_more_test_images_it_beats(classifier: Run) -> None:
    app = take(open_page("latent", view="draw"), "Test image")
    sure = classifier.predictions["probabilities"].max(axis=1)
    surest = int(sure.argmax())
    app = act(labelled(app.text_input, "Test image").set_value(str(surest)))
    below = (sure < sure[surest]).mean()
    assert f"surer of this picture than of **{below:.0%}** of {len(sure):,} test images" in words(
        app
    )
    assert load_dataset("digits").x_test.shape[0] == len(sure)
