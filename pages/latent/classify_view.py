"""Draw, for a classifier: what it says of a picture, of noise and of what it has no class for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.bars import show_bars
from pages._shared.confidence import confidence_text
from pages._shared.guard import explained
from pages._shared.plain import plain
from pages._shared.user_picture import Picture, Sources, choose_picture, how_prepared
from pages.latent.foreign_pictures import FOREIGN, choose_foreign, choose_noise, has_foreign
from pages.latent.picture_tiles import show_tiles
from vae.figures.bars import Bars, BarSeries
from vae.figures.colors import HUES
from vae.runs.run import Run

__all__ = ["classify_view"]

MAX_ROWS = 20  # classes that have a bar; of more the likeliest
# How sure it is of an image: the upper ends of these ranges, and what they are called.
SURE = {0.5: "up to 50 %", 0.9: "50 to 90 %", 0.99: "90 to 99 %", 0.999: "99 to 99.9 %"}
SUREST = "above 99.9 %"


@st.fragment
@address_of_part("draw")
@explained()
def classify_view(run: Run) -> None:
    """Take a picture and show how probable each class is."""
    more: Sources = {"Noise": choose_noise}
    if has_foreign(run):
        more = {**more, FOREIGN: choose_foreign}
    with st.container(key="draw-parts"):
        left = st.container(key="draw-picture")
        middle, right = st.container(), st.container()
    with left:
        picture = choose_picture(run, more)
    probabilities = run.classify(picture.image[None])[0]
    with left:
        show_tiles(picture)
        if not picture.is_own:
            st.caption("An example until you have a picture of your own.")
        elif picture.before is not None:
            st.caption(f"{how_prepared(run)}.")
    with middle:
        _show_answer(run, picture, probabilities)
    with right:
        _show_confidence(run, float(probabilities.max()))


def _show_answer(run: Run, picture: Picture, probabilities: np.ndarray) -> None:
    """Say which class it finds, whether that is right, and how probable each class is."""
    says, names = int(probabilities.argmax()), run.short_class_names
    what = "It" if picture.is_own else "Of the example it"
    st.header(f"{what} says {plain(names[says])}")
    st.markdown(_verdict(run, picture, probabilities))
    count = len(probabilities)
    shown = np.arange(count)
    if count > MAX_ROWS:
        shown = np.argsort(-probabilities, kind="stable")[:MAX_ROWS]
    values = tuple(float(100 * probabilities[label]) for label in shown)
    bars = Bars(
        "class",
        "probability, %",
        tuple(names[label] for label in shown),
        (BarSeries("probability", values, HUES["accuracy"]),),
        own=int(np.flatnonzero(shown == says)[0]),
        form=".1f",
    )
    show_bars(bars, name="Probability of each class, in percent")
    if count > MAX_ROWS:
        st.caption(f"The {MAX_ROWS} likeliest of {count} classes.")


def _verdict(run: Run, picture: Picture, probabilities: np.ndarray) -> str:
    """Say in a sentence how sure it is, and whether it is right where that is known."""
    says, names = int(probabilities.argmax()), run.short_class_names
    sure = f"It is **{confidence_text(float(probabilities[says]))}** sure"
    if picture.label is not None:
        if picture.label == says:
            return f"{sure}, and right: this is {plain(names[says])}."
        return f"{sure}, and wrong: this is **{plain(names[picture.label])}**."
    if picture.name == "Noise" or ", " in picture.name:
        what = "noise" if picture.name == "Noise" else plain(picture.name)
        return (
            f"{sure}, but this is {what}: none of its classes is right. A classifier divides 100 % "
            "among its classes and cannot say “none of these”."
        )
    return f"{sure}. It divides 100 % among its classes, whatever the picture is."


def _show_confidence(run: Run, own: float) -> None:
    """Show how sure it is of the test images, and where this picture stands among them."""
    st.header("How sure it is of test images")
    sure = run.predictions["probabilities"].max(axis=1)
    below = float((sure < own).mean())
    st.markdown(
        f"It is surer of this picture than of **{below:.0%}** of {len(sure):,} test images."
    )
    edges = [*SURE, 1.0]
    at = np.searchsorted(list(SURE), sure, side="left")
    fractions = np.bincount(at, minlength=len(edges)) / len(sure)
    bars = Bars(
        "it is sure",
        "% of the test images",
        (*SURE.values(), SUREST),
        (BarSeries("test images", tuple((100 * fractions).tolist()), HUES["accuracy"]),),
        own=int(np.searchsorted(list(SURE), own, side="left")),
        form=".1f",
    )
    show_bars(bars, name="Fraction of the test images by how sure it is of them, in percent")
