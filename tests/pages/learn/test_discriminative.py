"""The chapter on discriminative and generative models: its numbers are the models' own."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.learn.discriminative import example_points
from tests.pages.driving import act, labelled, open_page
from tests.pages.shown import words
from vae.evaluation.foreign_images import noise_images, rectangles, stored_images
from vae.evaluation.judged_pictures import judge
from vae.runs.run import SHIPPED, open_run

pytestmark = pytest.mark.usefixtures("shipped")

CLASSIFIER = open_run(SHIPPED / "mnist-classifier")
GENERATOR = open_run(SHIPPED / "mnist-conditional")
SHAPE = (28, 28, 1)


def chapter() -> AppTest:
    return open_page("learn", chapter="discriminative")


def predict(app: AppTest, question: str, option: int) -> AppTest:
    (asked,) = (each for each in app.radio if question in each.label)
    return act(asked.set_value(asked.options[option]))


def bars(app: AppTest, name: str) -> str:
    bodies = [each.proto.body for each in app.main.get("html")]
    return next(body for body in bodies if f'aria-label="{name}' in body)


def test_both_models_are_asked_about_the_chosen_picture() -> None:
    app = chapter()
    act(labelled(app.segmented_control, "Picture").set_value("a giraffe"))
    (said,) = judge(GENERATOR, CLASSIFIER, stored_images("animals", SHAPE)[6:7])
    assert said.classifier is not None
    assert f"It says **{said.classifier.argmax()}**, {said.classifier.max():.1%} sure" in words(app)
    ratio = f"{said.ratio:.0f}".replace("-", "−")
    assert f"log-likelihood ratio, is **{ratio}** nats" in words(app)
    assert "**It has never seen such a thing.**" in words(app)
    act(labelled(app.segmented_control, "Picture").set_value("7"))
    assert "Like the digits that it learned." in words(app)


def test_of_foreign_pictures_is_said_how_many_each_model_takes_for_digits() -> None:
    app = predict(chapter(), "Ten animals, noise and a rectangle", 2)
    animals, others = stored_images("animals", SHAPE), (noise_images, rectangles)
    judged = judge(
        GENERATOR, CLASSIFIER, np.concatenate([animals, *(make(SHAPE, 1) for make in others)])
    )
    assert len(judged) == 12
    sure = sum(each.classifier is not None and each.classifier.max() >= 0.9 for each in judged)
    found = sum(each.ratio < GENERATOR.classification["usual_ratio"] for each in judged)
    assert f"sure of **{sure}** of these 12" in words(app)
    assert f"finds **{found}** of them foreign" in words(app)
    assert "**Yes.**" in words(app)  # 4 or more
    assert sure >= 4


def test_both_accuracies_are_the_measured_ones() -> None:
    app = predict(chapter(), "which of the two is right more often", 0)
    accuracy = CLASSIFIER.classifier_metrics["accuracy"]
    shown = bars(app, "Accuracy of each model")
    assert f"{100 * accuracy:.2f}</b>" in shown
    assert f"{100 * GENERATOR.classification['elbo']['accuracy']:.2f}</b>" in shown
    assert accuracy > GENERATOR.classification["elbo"]["accuracy"]  # the right answer


def test_the_likelihood_alone_prefers_simple_foreign_pictures() -> None:
    app = chapter()
    digits = GENERATOR.fixed["images"]
    black = np.zeros((1, *SHAPE), np.uint8)
    of_black = judge(GENERATOR, None, black)[0].log_likelihood
    best = max(each.log_likelihood for each in judge(GENERATOR, None, digits))
    assert of_black > best
    assert f"log p(x) is −{-of_black:.0f} nats" in words(app)
    assert f"test digits has −{-best:.0f}." in words(app)
    foreign = open_run(SHIPPED / "animals-conditional").classification["foreign"]
    (area,) = (each["likelihood"]["area"] for each in foreign if each["name"] == "Rectangles")
    assert area < 0.5
    tables = [each.proto.body for each in app.main.get("html")]
    assert any("p(x) alone</th>" in each and f"<b>{100 * area:.0f}</b>" in each for each in tables)


def test_the_points_of_the_plane_are_the_same_for_everyone() -> None:
    points, labels = example_points()
    assert points.shape == (60, 2)
    assert labels.sum() == 30
    np.testing.assert_array_equal(points, example_points()[0])
    assert np.abs(points).max() < 4  # far away is far from all of them
