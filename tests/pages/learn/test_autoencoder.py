"""The chapter on autoencoders: costs, random codes and the plane are the shipped run's own."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.learn.autoencoder_figures import unsure_fraction
from tests.pages.driving import act, calm, labelled, open_page
from tests.pages.shown import component, words
from vae.evaluation.digit_classifier import classify
from vae.runs.run import SHIPPED, open_run

pytestmark = pytest.mark.usefixtures("shipped")

RUN = open_run(SHIPPED / "mnist-autoencoder")
SLIDERS = "learn-sliders-code"


def chapter() -> AppTest:
    return open_page("learn", chapter="autoencoder")


def nats(image: np.ndarray, copy: np.ndarray) -> float:
    """The cross-entropy of a copy, summed over pixels."""
    x, p = image / 255.0, np.clip(copy.astype(np.float64), 1e-7, 1.0 - 1e-7)
    return float(-(x * np.log(p) + (1.0 - x) * np.log1p(-p)).sum())


def test_a_code_that_is_moved_costs_what_its_copy_costs() -> None:
    app = chapter()
    act(labelled(app.segmented_control, "Picture").set_value("3"))
    image = RUN.fixed["images"][3]
    own = RUN.encode(image[None])[0][0]
    first = nats(image, RUN.decode(own[None])[0])
    said = f"This copy costs **{first:.0f} nats**, the one of the encoder's own code {first:.0f}."
    assert said in words(app)
    moved = own + np.array([3, 0, 0, 0], np.float32)
    values = {"generation": component(app, SLIDERS)["generation"], "values": moved.tolist()}
    app.session_state[SLIDERS] = {"z": values}
    calm(app.run())
    now = nats(image, RUN.decode(moved[None])[0])
    assert now > first
    assert f"This copy costs **{now:.0f} nats**" in words(app)
    act(app.button(key="learn-own-code").click())
    assert said in words(app)


def test_random_codes_are_judged_by_the_classifier_of_digits() -> None:
    app = chapter()
    act(app.button(key="learn-new-random").click())
    codes = np.random.default_rng(1).standard_normal((20, 4))
    _, probabilities = classify((RUN.decode(codes) * 255).round().astype(np.uint8))
    unsure = (probabilities.max(axis=1) < 0.9).sum()
    assert f"**{unsure} of these 20**" in words(app)
    act(labelled(app.segmented_control, "Random codes").set_value("Anywhere among the codes"))
    assert f"and of {unsure_fraction(RUN, 'anywhere'):.0%} of 500" in words(app)


def test_copies_of_test_images_are_read_more_surely_than_random_codes() -> None:
    copies, prior = unsure_fraction(RUN, "images"), unsure_fraction(RUN, "prior")
    assert 0.0 < copies < 0.3 < prior  # what the question's right answer says
    app = chapter()
    (asked,) = (each for each in app.radio if "as the lecture's program does" in each.label)
    act(asked.set_value("About every second one"))
    assert f"Of **{prior:.0%}**." in words(app)
    assert "**Yes.**" in words(app)


def test_classes_that_random_codes_miss_are_named() -> None:
    counts = np.array(RUN.quality["class_counts"])
    rare = ", ".join(str(label) for label in np.flatnonzero(counts < 50))
    assert rare
    assert f"{counts.max():,} a **{counts.argmax()}**, and fewer than 50 each a {rare}." in words(
        chapter()
    )
