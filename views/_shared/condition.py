"""The class that a conditional run is told, where there is no image with a class of its own."""

from __future__ import annotations

import streamlit as st

from vae.runs import Run
from views._shared.kept import kept
from views._shared.plain import plain

__all__ = ["as_class", "conditioned", "what_colours_are"]

MOST_BUTTONS = 12  # classes, beyond which a list takes less room


def conditioned(run: Run, name: str = "Class") -> Run:
    """Let the person choose what a conditional run is told and return it so; others pass through.

    name: what the choice is called, where there are two.
    """
    if not run.config.is_conditional:
        return run
    where = f"class-{run.id}"
    label = st.session_state.get(where)
    label = label if label in range(run.classes) else 0
    told = {
        "options": range(run.classes),
        "help": "What encoder and decoder are told that a picture is. Test images always go with "
        "their own class. Acts at once.",
        **kept(where, label),
    }
    if run.classes <= MOST_BUTTONS:
        st.segmented_control(
            name, format_func=lambda each: plain(run.class_names[each]), required=True, wrap=True,
            **told,
        )  # fmt: skip
    else:
        st.selectbox(name, format_func=lambda each: run.class_names[each], **told)
    return run.given(label)


def as_class(run: Run) -> str:
    """Return " as class 7" of a run that is told it; "" of another."""
    return "" if run.label is None else f" as class {plain(run.class_names[run.label])}"


def what_colours_are(run: Run) -> str:
    """Return what is said of dots in the colours of their classes."""
    if run.config.is_conditional:
        return "Each dot is a test image; its colour is its class, which this model is told."
    return "Each dot is a test image; its colour is a class the model never saw."
