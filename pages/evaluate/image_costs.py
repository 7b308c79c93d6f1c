"""Which test images a model finds likely, and which unlikely: those that cost least and most."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import streamlit as st

from pages._shared.available_images import available_test_images
from pages._shared.captioned_pictures import Captioned, show_captioned
from pages._shared.costs_of_test_images import costs_of_test_images
from pages._shared.glossary import help_of
from pages._shared.wide_layout import wrapping_columns
from vae.runs.run import Run

__all__ = ["show_likely_images"]

SHOWN = 12  # of either kind
COLUMNS = 6


def show_likely_images(run: Run) -> None:
    """Show the test images that cost least and those that cost most, where they are at hand."""
    images = available_test_images(run) if run.has_model and run.latents else None
    if images is None:
        return
    with np.errstate(all="ignore"):  # of a run that diverged
        costs = costs_of_test_images(run, images)
    nats = costs.reconstruction + costs.kl
    order = np.argsort(nats, kind="stable")[: np.isfinite(nats).sum()]  # the others come last
    if not len(order):
        return
    shown = run.preprocess(images[: len(nats)])
    left, right = wrapping_columns([1, 1], key="likely-images", gap="large")
    with left:
        st.header("The most likely test images", help=help_of("reconstruction", "KL"))
        show_captioned(_captioned(shown, nats, order[:SHOWN]), columns=COLUMNS)
    with right:
        st.header("The least likely")
        show_captioned(_captioned(shown, nats, order[::-1][:SHOWN]), columns=COLUMNS)
    st.caption(
        f"Of the first {len(nats):,} test images, each with its cost in nats: reconstruction + KL, "
        "decoded from the mean of its posterior. A simple picture has few pixels that could be "
        "otherwise, so it is likely."
    )


def _captioned(images: np.ndarray, nats: np.ndarray, order: np.ndarray) -> Iterator[Captioned]:
    for index in order:
        yield images[index], f"Test image {index}", f"{nats[index]:,.0f}".replace("-", "−")
