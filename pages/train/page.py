"""Train: choose hyperparameters, start, watch."""

import streamlit as st

from pages._shared.address import link_parameter
from pages._shared.run_picker import chosen_run
from pages._shared.run_progress import is_active
from pages._shared.view_choice import choose_view
from pages.train.setup_view import set_up
from pages.train.watch import watch
from vae.runs.run import Run

VIEWS = ("Set up", "Watch")


def first_view(run: Run | None) -> str:
    """Return the view for who comes to this page: the run that is under way, if it is one's own.

    A link to a form opens the form, unless it names that run too.
    """
    if run is None or not (is_active(run) or run.state == "paused"):
        return "Set up"
    is_link_to_form = link_parameter("preset") is not None and link_parameter("run") != run.id
    return "Set up" if is_link_to_form else "Watch"


run = chosen_run()
top = st.container(horizontal=True, vertical_alignment="center", gap="large", key="train-top")
with top:
    view = choose_view("train", VIEWS, first=first_view(run))
if view == "Set up":
    set_up(top)
elif run is None:
    st.info("There is no run to watch yet: set one up.", icon=":material/info:")
else:
    watch(run.id)
