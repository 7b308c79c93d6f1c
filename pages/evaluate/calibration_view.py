"""Calibration: whether a classifier is as often right as it is sure."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._components.still_chart import still_chart
from pages._shared.wide_layout import wrapping_columns
from vae.errors import RunError
from vae.figures.reliability import reliability_diagram
from vae.model.calibration import Bin, expected_calibration_error, reliability_bins
from vae.runs.run import Run

__all__ = ["calibration_view"]

GOOD = 0.01  # of an expected calibration error: such a small gap hardly shows


def calibration_view(run: Run) -> None:
    """Say how far confidence and accuracy are apart, and show both by how sure it is."""
    bins = _bins(run)
    st.markdown(_verdict(bins))
    left, right = wrapping_columns([3, 2], key="calibration", gap="large")
    with left:
        st.header("How sure it is, and how often right")
        still_chart(
            reliability_diagram(bins),
            name="How often the classifier is right, by how sure it is",
            key=f"reliability-{run_key(run)}",
            numbers=False,
        )
        st.markdown(
            "A bar that ends below the line: it is too sure. One that ends above: it is more often "
            "right than it says."
        )
    with right:
        st.header("The numbers")
        st.markdown(_table(bins))
        st.caption(
            f"Test images in {len(bins)} bins of equal width by the probability of the class that "
            "was chosen; bins without images are left out (Guo et al. 2017)."
        )


def _bins(run: Run) -> tuple[Bin, ...]:
    """Return the bins of the test images; raises RunError where there are none."""
    if not run.predictions:
        raise RunError(
            "Calibration needs what the classifier says of the test images, which is measured when "
            "the run ends. Received: a run without it"
        )
    probabilities, y = run.predictions["probabilities"], run.predictions["y"]
    sure = np.clip(probabilities.max(axis=1).astype(np.float64), 0.0, 1.0)
    return reliability_bins(sure, probabilities.argmax(axis=1) == y)


def _verdict(bins: tuple[Bin, ...]) -> str:
    """Say in words what the expected calibration error means."""
    error = expected_calibration_error(bins)
    total = sum(each.images for each in bins)
    surplus = sum(each.images * (each.confidence - each.accuracy) for each in bins) / total
    words = "It is about as often right as it is sure" if error < GOOD else "It is too sure"
    if error >= GOOD and surplus < 0.0:
        words = "It is more often right than it says"
    return (
        f"{words}: confidence and accuracy differ by **{error:.2%}** on average (the expected "
        "calibration error; 0 is perfect)."
    )


def _table(bins: tuple[Bin, ...]) -> str:
    lines = [
        f"| {each.low:.0%} to {each.high:.0%} | {each.images:,} | {each.confidence:.1%} "
        f"| {each.accuracy:.1%} |"
        for each in bins
        if each.images
    ]
    return "\n".join(["| sure | images | mean | right |", "| --- | ---: | ---: | ---: |", *lines])
