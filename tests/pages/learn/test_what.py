"""The chapter on what generative modelling is: its answers are the models' own."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.driving import act, calm, labelled, open_page, press
from tests.pages.pen import content, stroke
from vae.images import to_uint8
from vae.runs.run import SHIPPED, open_run
from vae.sampling.prior import prior_codes

pytestmark = pytest.mark.usefixtures("shipped")

CLASSIFIER = open_run(SHIPPED / "animals-classifier")
GENERATOR = open_run(SHIPPED / "animals-conditional")
DOG, CAT = 4, 2


def chapter() -> AppTest:
    return open_page("learn", chapter="what")


def shown(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.markdown, *app.caption])


def html(app: AppTest) -> list[str]:
    return [each.proto.body for each in app.main.get("html")]


def generated(label: int, count: int, seed: int = 0) -> np.ndarray:
    codes = prior_codes(count, GENERATOR.config.latent_dim, seed=seed)
    return to_uint8(GENERATOR.decode(codes, label))


def readings(app: AppTest) -> list[str]:
    """What stands below the generated animals."""
    found = next(body for body in html(app) if "A new picture of the class" in body)
    texts = re.findall("<img[^>]*>(.*?)</div>", found)
    return [re.sub("<.*?>", "", text) for text in texts]


def test_the_classifier_answers_for_the_picture_that_is_chosen() -> None:
    app = chapter()
    assert "It says **dog**" in shown(app)
    pictures = [each for each in app.segmented_control if each.label == "Picture"]
    act(pictures[0].set_value("cat"))
    answer = CLASSIFIER.classify(CLASSIFIER.fixed["images"][CAT : CAT + 1])[0]
    assert f"{100 * answer[CAT]:.1f}</b>" in next(body for body in html(app) if "p(y | x)" in body)
    assert "It says **cat**" in shown(app)


def test_a_drawing_is_classified_once_there_is_one() -> None:
    app = chapter()
    pictures = [each for each in app.segmented_control if each.label == "Picture"]
    act(pictures[1].set_value("Draw one"))
    assert "what the classifier says appears here" in shown(app)
    url = "data:image/png;base64," + base64.b64encode(content(stroke())).decode()
    app.session_state["learn-drawing-digits"] = {"drawing": url}
    calm(app.run())
    assert "what the classifier says appears here" not in shown(app)
    assert "It says **1**" in shown(app)
    assert "the label **1** goes into" in shown(app)


def test_a_press_brings_new_pictures_of_the_chosen_class() -> None:
    app = chapter()
    labels = labelled(app.segmented_control, "Label")
    act(labels.set_value(CAT))
    first = next(body for body in html(app) if "A new picture of the class cat" in body)
    act(app.button(key="learn-new-animals").click())
    second = next(body for body in html(app) if "A new picture of the class cat" in body)
    assert first != second
    says = CLASSIFIER.classify(generated(CAT, 12, seed=1)).argmax(axis=1)
    assert readings(app) == [CLASSIFIER.class_names[each] for each in says]
    assert f"It calls {(says == CAT).sum()} of these 12 “cat”" in shown(app)


def test_the_questions_are_answered_by_what_is_measured() -> None:
    app = chapter()
    digits = labelled(
        app.radio,
        "**Predict.** You show this classifier a handwritten digit. What does it say?",
    )
    act(digits.set_value(digits.options[2]))
    stored = open_run(SHIPPED / "mnist-classifier").fixed["images"]
    sure = (CLASSIFIER.classify(stored).max(axis=1) >= 0.9).sum()
    assert f"sure of **{sure} of these 10**" in shown(app)
    assert sure > 5  # what the right answer says
    (dogs,) = (each for each in app.radio if "draws 100 dogs" in each.label)
    act(dogs.set_value(dogs.options[0]))
    found = (CLASSIFIER.classify(generated(DOG, 100)).argmax(axis=1) == DOG).sum()
    assert f"It calls **{found} of 100** a dog" in shown(app)
    assert found < 50
    assert shown(app).count("**Yes.**") == 2


def test_the_lab_opens_with_the_same_picture_and_the_same_label() -> None:
    app = chapter()
    pictures = [each for each in app.segmented_control if each.label == "Picture"]
    act(pictures[0].set_value("cat"))
    calm(press(app, "Open in the lab: any picture"), "latent")
    assert app.query_params["run"] == CLASSIFIER.id
    assert labelled(app.segmented_control, "Picture").value == "Test image"
    assert "this is cat" in shown(app)
    app = chapter()
    act(labelled(app.segmented_control, "Label").set_value(CAT))
    calm(press(app, "Open in the lab: as many as you like"), "generate")
    assert app.query_params["run"] == GENERATOR.id
    assert labelled(app.segmented_control, "Class").value == CAT
