"""How well a classifier tells test images apart: its accuracy, each class, and what it confuses."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.learning_curves import learning_curves
from pages._shared.bars import show_bars
from pages._shared.confusion_table import OF_TEST_IMAGES, confusion_of, show_confusion
from pages._shared.plain import plain
from pages._shared.wide_layout import wrapping_columns
from vae.figures.bars import Bars, BarSeries
from vae.figures.colors import HUES
from vae.runs.run import Run

__all__ = ["classifier_overview"]


def classifier_overview(run: Run) -> None:
    """Show the figures of the test images, and what the classifier takes for what."""
    metrics = run.classifier_metrics
    with st.container(horizontal=True, gap="medium"):
        st.metric("Accuracy", f"{metrics['accuracy']:.2%}", width="content")
        st.metric(
            "Cross-entropy, nats per image",
            f"{metrics['loss']:.4f}",
            help="The mean of −log p(right class): 0 if it is always sure and right.",
            width="content",
        )
    st.markdown(_sentence(run))
    left, right = wrapping_columns([3, 2], key="overview", gap="large")
    confusion = confusion_of(run)
    with left:
        st.header("What it confuses")
        if confusion is not None:
            show_confusion(confusion, run.short_class_names, OF_TEST_IMAGES)
    with right:
        st.header("While it learned")
        learning_curves(run, small=True)
        if confusion is not None:
            st.header("Which classes are hard")
            show_bars(
                _recalls(confusion, run.short_class_names),
                name="Fraction of each class that is recognised",
            )


def _sentence(run: Run) -> str:
    """Say how sure the accuracy is, and of which images it is."""
    metrics = run.classifier_metrics
    words = f"Measured on {plain(metrics['images'])}: {plain(metrics['treatment'])}."
    low, high = metrics.get("accuracy_low"), metrics.get("accuracy_high")
    if low is not None and high is not None:
        words += (
            f" With other test images like these it would likely be from **{low:.2%}** to "
            f"**{high:.2%}** (a 95 % interval, Wilson 1927)."
        )
    guess = 1.0 / run.classes
    return f"{words} Guessing is right in {guess:.0%} of the cases where classes are equally many."


def _recalls(confusion: np.ndarray, names: tuple[str, ...]) -> Bars:
    """Return the recall of each class, in percent, the hardest first."""
    totals = confusion.sum(axis=1)
    recalls = np.divide(confusion.diagonal(), totals, where=totals > 0, out=np.ones(len(totals)))
    order = np.argsort(recalls, kind="stable")
    series = BarSeries(
        "recognised", tuple(float(100 * recalls[label]) for label in order), HUES["accuracy"]
    )
    shown = tuple(names[label] for label in order)
    return Bars("class, the hardest first", "% recognised", shown, (series,), form=".1f")
