"""Evaluate: what a model is worth on images it never saw, and whether that is good."""

import streamlit as st

from views._components.learning_curves import learning_curves
from views._shared.run_picker import chosen_run
from views.evaluate.is_this_good import is_this_good
from views.evaluate.numbers import show_classes, show_numbers

st.title("Evaluate")
run = chosen_run()
if run is None or not run.metrics:
    st.info(
        "There is nothing measured yet: a run is measured on its test images when it ends.",
        icon=":material/hourglass:",
    )
else:
    show_numbers(run)
    left, right = st.columns([3, 2], gap="large")
    with left:
        is_this_good(run)
    with right:
        st.subheader("While it learned")
        learning_curves(run, small=True)
        st.caption(
            "Training and validation together: where the validation curve turns upwards while the "
            "other goes on falling, the run learns its training images by heart."
        )
        show_classes(run)
