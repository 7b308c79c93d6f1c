"""What one watches of a classifier: its curves, its numbers, and what it takes for what."""

from __future__ import annotations

import streamlit as st

from pages._components.learning_curves import learning_curves
from pages._shared.confusion_table import show_confusion
from pages._shared.wide_layout import wrapping_columns
from pages.train.numbers import numbers_in_a_line
from vae.runs.moments import Moment, moments_of
from vae.runs.run import Run

__all__ = ["classifier_board"]


def classifier_board(run: Run, chosen: Moment | None, *, live: bool) -> None:
    """Show the confusion at a moment, by default the newest, beside the curves."""
    curves, confusion = wrapping_columns([1, 1], key="classifier-board", gap="large")
    with curves:
        learning_curves(run, small=True)
        with st.container(horizontal=True, gap="medium", key="classifier-figures"):
            for number in numbers_in_a_line(run, live=live):
                st.metric(number["name"], number["value"], help=number["note"], width="content")
    with confusion:
        moments = moments_of(run)
        moment = chosen or (moments[-1] if moments else None)
        found = run.arrays(moment.file).get("confusion") if moment else None
        if moment is None or found is None:
            st.markdown(
                "What it confuses appears with the first steps."
                if live
                else "It ended before it was measured what it confuses."
            )
        elif not found.any():
            st.markdown(
                "No images are held back for validation, so what it confuses is measured at the "
                "end, on the test images: see Evaluate."
            )
        else:
            show_confusion(
                found,
                run.short_class_names,
                f"{int(found.sum()):,} held-back images at {moment.words}: each row a class, each "
                "column what the classifier says",
            )
