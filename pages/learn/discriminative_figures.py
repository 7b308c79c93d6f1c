"""Figures of the second chapter: pictures before a classifier and before a generative model."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.bars import show_bars
from pages._shared.captioned_pictures import show_captioned
from pages._shared.guard import explained
from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.pictures import show_png
from pages._shared.plain import plain
from pages.learn.asked_picture import ask_picture
from pages.learn.class_bars import show_answer
from pages.learn.parts import open_in_lab
from vae.evaluation.foreign_images import noise_images, rectangles, stored_images
from vae.evaluation.judged_pictures import Judged, judge
from vae.figures.bars import Bars, BarSeries
from vae.figures.colors import HUES
from vae.images import to_png
from vae.runs.run import Run
from vae.schemas.classification import ClassifiedBy, ClassifierComparison

__all__ = [
    "BLACK",
    "count_sure",
    "foreign_pictures",
    "judge_once",
    "nats",
    "show_accuracies",
    "show_foreign",
    "show_separation",
    "two_answers",
]

BLACK = "nothing, all black"
SHARP = 280  # pixels of a picture's side


@st.fragment
@explained()
def two_answers(classifier: Run, generator: Run, *, key: str) -> None:
    """Show a picture, stored, foreign or drawn, and what each of the two models says of it."""
    shape = classifier.image_shape
    animals = foreign_pictures(shape)
    offered = {
        name: animals[name] for name in ("a giraffe", "an elephant", "a bear") if name in animals
    }
    noise = {"noise": noise_images(shape, 1)[0], BLACK: np.zeros(shape, np.uint8)}
    picture = ask_picture(classifier, key=key, first=(7,), foreign={**offered, **noise})
    left, right = st.columns([1, 2])
    if picture is None:
        left.caption("Draw on the pad: what both models say appears here.")
        return
    (said,) = judge_once(generator, classifier, picture.image[None])
    with left, st.container(key=f"learn-picture-{key}"):
        scale = max(1, SHARP // picture.image.shape[1])
        show_png(to_png(picture.image, scale), f"The picture: {picture.name}")
    with right:
        st.markdown("**The discriminative model**")
        if said.classifier is not None:
            show_answer(classifier, said.classifier, picture.label)
        st.markdown("**The generative model**")
        st.markdown(_verdict(said, generator))
    open_in_lab("Open in the lab: both beside each other", "evaluate", generator, view="classify")


def _verdict(said: Judged, run: Run) -> str:
    """Say which class Bayes' rule finds, and whether the picture is like the data at all."""
    usual = run.classification["usual_ratio"]
    like = (
        "Like the digits that it learned."
        if said.ratio >= usual
        else ("**It has never seen such a thing.**")
    )
    name = plain(run.short_class_names[int(said.bayes.argmax())])
    return (
        f"If it is a digit at all, then a **{name}**. Its score, the log-likelihood ratio, is "
        f"**{nats(said.ratio)}** nats; 95 % of the test digits have more than {nats(usual)}. {like}"
    )


def show_foreign(classifier: Run, generator: Run, sure: float) -> None:
    """Show what both models say of pictures that are no digits, and count the answers."""
    pictures = foreign_pictures(classifier.image_shape)
    judged = judge_once(generator, classifier, np.stack([*pictures.values()]))
    usual = generator.classification["usual_ratio"]
    items, names = [], classifier.short_class_names
    for (name, image), said in zip(pictures.items(), judged, strict=True):
        answer = _answer(said)
        known = "like a digit" if said.ratio >= usual else "<b>never seen</b>"
        text = f"{names[int(answer.argmax())]}, {answer.max():.0%} sure<br>{known}"
        items.append((image, f"Picture: {name}", text))
    found = sum(said.ratio < usual for said in judged)
    count = count_sure(classifier, generator, sure)
    st.markdown(
        f"The classifier is at least {sure:.0%} sure of **{count}** of these {len(items)} "
        f"pictures. The generative model finds **{found}** of them foreign. It is not always "
        f"right, but it can be asked."
    )
    show_captioned(items)


def count_sure(classifier: Run, generator: Run, sure: float) -> int:
    """Return of how many foreign pictures a classifier is at least so sure."""
    images = np.stack([*foreign_pictures(classifier.image_shape).values()])
    judged = judge_once(generator, classifier, images)
    return sum(float(_answer(said).max()) >= sure for said in judged)


def foreign_pictures(shape: tuple[int, int, int]) -> dict[str, np.ndarray]:
    """Return pictures that are no digits, by what they are called: uint8 (H, W, C)."""
    return _foreign_once(shape)


@st.cache_data(show_spinner=False, max_entries=4)
def _foreign_once(shape: tuple[int, int, int]) -> dict[str, np.ndarray]:
    names = ("a bear", "a bird", "a cat", "a cow", "a dog", "an elephant", "a giraffe", "a horse")
    animals = zip((*names, "a sheep", "a zebra"), stored_images("animals", shape), strict=False)
    return {
        **dict(animals),
        "noise": noise_images(shape, 1)[0],
        "a rectangle": rectangles(shape, 1)[0],
    }


def judge_once(run: Run, classifier: Run, images: np.ndarray) -> list[Judged]:
    """Return what two models say of images uint8 (N, H, W, C), computed once for all readers."""
    return _judge(run, classifier, (model_fingerprint(run), classifier.id), images)


@st.cache_data(show_spinner=False, max_entries=64)
def _judge(_run: Run, _classifier: Run, marks: tuple[str, str], images: np.ndarray) -> list[Judged]:
    return judge(_run, _classifier, images)


def _answer(said: Judged) -> np.ndarray:
    """Return a classifier's p(y | x), which `judge_once` always has."""
    return said.bayes if said.classifier is None else said.classifier


def show_accuracies(found: ClassifierComparison) -> None:
    """Show how often each model names a test image rightly, with 95 % intervals."""
    rows: dict[str, ClassifiedBy] = {"Bayes' rule": found["elbo"]}
    if "classifier" in found:
        rows["classifier"] = found["classifier"]["all"]
    values = tuple(100.0 * each["accuracy"] for each in rows.values())
    series = BarSeries("right", values, HUES["accuracy"])
    bars = Bars("model", "% of the test images", tuple(rows), (series,), form=".2f")
    show_bars(bars, name="Accuracy of each model, in percent")
    ranges = "; ".join(
        f"{name} {each['accuracy_low']:.1%} to {each['accuracy_high']:.1%}"
        for name, each in rows.items()
    )
    st.caption(f"{found['elbo']['images']:,} test images. 95 % intervals: {ranges}.")


def show_separation(found: ClassifierComparison, first: str, second: str) -> None:
    """Show how well two scores tell test images from foreign ones, as areas under the ROC curve.

    first, second: of `TITLES`.
    """
    rows = found["foreign"]
    series = tuple(
        BarSeries(TITLES[score], tuple(100.0 * row[score]["area"] for row in rows), hue)
        for score, hue in ((first, HUES["loss"]), (second, HUES["z"]))
    )
    names = tuple(row["name"] for row in rows)
    bars = Bars("against", "%", names, series, form=".0f")
    show_bars(bars, name="How often the test image has the higher score, in percent")
    st.caption(
        "Take a test image and a foreign picture: how often does the test image have the higher "
        f"score? 50 % is guessing, 100 % perfect. {found['test_images']:,} test images."
    )


TITLES = {
    "probability": "how sure the classifier is",
    "likelihood": "p(x) alone",
    "ratio": "log-likelihood ratio",
}


def nats(value: float) -> str:
    """Write nats as a whole number."""
    return f"{value:,.0f}".replace("-", "−")
