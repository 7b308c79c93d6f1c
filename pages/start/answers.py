"""What a classifier says of some test images: those that come with its run, one of each class."""

from __future__ import annotations

import html
from collections.abc import Iterator

import streamlit as st

from pages._shared.captioned_pictures import Captioned, show_captioned
from pages._shared.confidence import confidence_text
from vae.runs.run import ACTIVE_STATES, Run

__all__ = ["answers"]

MAX_SHOWN = 12


def answers(run: Run) -> None:
    """Show images, each with the class that the model finds most probable."""
    st.header("What it says")
    if run.has_model and run.fixed and run.state not in ACTIVE_STATES:
        show_captioned(_answers(run), fitted=True)
        st.caption("Test images, the class it says, and how sure it is.")
    else:
        st.caption("Its answers appear when the run has ended.")


def _answers(run: Run) -> Iterator[Captioned]:
    images = run.preprocess(run.fixed["images"])[:MAX_SHOWN]
    names = [html.escape(name) for name in run.short_class_names]
    for image, label, row in zip(images, run.fixed["labels"], run.classify(images), strict=False):
        says = int(row.argmax())
        wrong = f"<br>but is {names[label]}" if says != label else ""
        sure = confidence_text(float(row[says]))
        yield image, f"A test image: {names[label]}", f"<b>{names[says]}</b>{wrong}<br>{sure}"
