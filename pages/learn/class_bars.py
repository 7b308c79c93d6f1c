"""What a classifier says of a picture: the probability of each class, as bars."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.bars import show_bars
from pages._shared.confidence import confidence_text
from pages._shared.plain import plain
from vae.figures.bars import Bars, BarSeries
from vae.figures.colors import HUES
from vae.runs.run import Run

__all__ = ["show_answer"]


def show_answer(run: Run, probabilities: np.ndarray, label: int | None) -> None:
    """Show the class that is found and p(y | x) (classes,); label: the true one, where known."""
    says, names = int(probabilities.argmax()), run.short_class_names
    verdict = ""
    if label is not None:
        verdict = (
            ", and right" if label == says else f", and wrong: it is **{plain(names[label])}**"
        )
    st.markdown(
        f"It says **{plain(names[says])}**, {confidence_text(float(probabilities[says]))} sure"
        f"{verdict}."
    )
    values = tuple((100.0 * probabilities).tolist())
    series = BarSeries("probability", values, HUES["accuracy"])
    bars = Bars("class", "p(y | x), %", names, (series,), own=says, form=".1f")
    show_bars(bars, name="Probability of each class, in percent")
