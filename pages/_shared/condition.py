"""The class on which a conditional run decodes, where no image has a class of its own."""

from __future__ import annotations

import streamlit as st

from pages._shared.linked import linked_number
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from vae.figures.class_looks import MANY
from vae.runs.run import Run

__all__ = ["as_class", "conditioned", "dots_caption"]

OWN = " Test images always keep their own."


def conditioned(run: Run, name: str = "Class", parameter: str = "class") -> Run:
    """Show a choice of the class and return the run conditioned on it; other runs as they are.

    name: what the choice is called, and parameter: in the address, where there are two.
    """
    if not run.config.conditional:
        return run
    where = f"class-{run.id}"
    label = linked_number(parameter, where, 0, run.classes - 1, 0)
    choice = {
        "options": range(run.classes),
        "label_visibility": "collapsed",
        **persistent(where, label),
    }
    own = OWN if run.config.has("encoder") else ""
    # Beside its name, so that what is below stays in sight. Pages know the row by its key.
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"condition-{parameter}"
    ):
        st.markdown(
            name,
            width="content",
            help=f"The class that the networks get with a code or an image.{own} Acts at once.",
        )
        if run.classes <= MANY:
            names = [plain(each) for each in run.short_class_names]
            st.segmented_control(
                name, format_func=names.__getitem__, required=True, wrap=True, **choice
            )
        else:
            st.selectbox(name, format_func=run.short_class_names.__getitem__, width=240, **choice)
    return run.conditioned_on(label)


def as_class(run: Run) -> str:
    """Return " as class 7" of a run that is conditioned on it; "" of another."""
    return "" if run.label is None else f" as class {plain(run.short_class_names[run.label])}"


def dots_caption(run: Run) -> str:
    """Return what is said of dots in the colors of their classes."""
    look = "Color" if run.classes <= MANY else "Color and shape"
    dots = f"Each dot is a test image. {look}: its true class"
    if run.config.conditional:
        return f"{dots}, which this model gets with the image."
    return f"{dots}. The model was trained without classes."
