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
from vae.schemas.metrics import ClassifierMetrics
from vae.statistics import class_recalls

__all__ = ["classifier_overview"]


def classifier_overview(run: Run) -> None:
    """Show the figures of the test images, and what the classifier takes for what."""
    st.markdown(_verdict(run))
    _show_figures(run.classifier_metrics)
    confused, hard, learned = wrapping_columns([6, 4, 5], key="overview", gap="medium")
    confusion = confusion_of(run)
    if confusion is not None:
        with confused:
            st.header("What it confuses")
            show_confusion(confusion, run.short_class_names, OF_TEST_IMAGES)
        with hard:
            st.header("Which classes are hard")
            show_bars(
                _recalls(confusion, run.short_class_names),
                name="Fraction of each class that is recognised",
            )
    with learned:
        st.header("While it learned")
        learning_curves(run, small=True)


def _show_figures(metrics: ClassifierMetrics) -> None:
    with st.container(horizontal=True, gap="medium", key="figures"):
        st.metric("Accuracy", f"{metrics['accuracy']:.2%}", width="content")
        st.metric(
            "Cross-entropy, nats per image",
            f"{metrics['loss']:.4f}",
            help="The mean of −log p(right class): 0 if it is always sure and right.",
            width="content",
        )
        if (error := metrics.get("calibration_error")) is not None:
            st.metric(
                "Calibration error",
                f"{error:.2%}",
                help="How far the probability of its answer and the fraction of right answers are "
                "apart, on average over 15 bins (the expected calibration error): 0 if it is as "
                "often right as it is sure.",
                width="content",
            )


def _verdict(run: Run) -> str:
    """Say how many test images it recognises, and how sure that figure is."""
    metrics = run.classifier_metrics
    low, high = metrics["accuracy_low"], metrics["accuracy_high"]
    return (
        f"It gives **{metrics['accuracy']:.2%}** of {plain(metrics['images'])} the right class "
        f"({plain(metrics['treatment'])}); guessing would give {1.0 / run.classes:.0%}. With other "
        f"test images like these it would likely be from **{low:.2%}** to **{high:.2%}** (a 95 % "
        "interval, Wilson 1927)."
    )


def _recalls(confusion: np.ndarray, names: tuple[str, ...]) -> Bars:
    """Return the recall of each class with images, in percent, the hardest first."""
    recalls = class_recalls(confusion)
    order = [label for label in np.argsort(recalls, kind="stable") if confusion[label].any()]
    series = BarSeries(
        "recognised", tuple(float(100 * recalls[label]) for label in order), HUES["accuracy"]
    )
    shown = tuple(names[label] for label in order)
    return Bars("class", "% recognised (recall), the hardest first", shown, (series,), form=".1f")
