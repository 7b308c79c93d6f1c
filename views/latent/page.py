"""Latent: the space inside, in one's hand."""

import numpy as np
import streamlit as st

from vae.runs import Run
from views._shared.run_picker import chosen_run
from views._shared.steered import moved, steered_key
from views.latent.compare_view import compare_view
from views.latent.dimensions_view import dimensions_view
from views.latent.draw_view import draw_view
from views.latent.knowledge_view import knowledge_view
from views.latent.live_look import is_at_work, live_look
from views.latent.map_view import map_view
from views.latent.path_view import path_view
from views.latent.projections_view import projections_view

VIEWS = {
    "Map": map_view,
    "Draw": draw_view,
    "Path": path_view,
    "Dimensions": dimensions_view,
    "Projections": projections_view,
    "Knowledge": knowledge_view,
    "Compare": compare_view,
}


def choose_view() -> str:
    """Show the views to choose from; the address holds the choice."""
    state, address = st.session_state, st.query_params.get("view", "").capitalize()
    if address in VIEWS and address != state.get("latent_address"):
        state.latent_view = address
    view = state.setdefault("latent_view", next(iter(VIEWS)))
    st.query_params["view"] = view.lower()
    state.latent_address = view
    st.segmented_control(
        "View",
        list(VIEWS),
        key=steered_key("latent_view_control", view),
        on_change=_remember,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        help="What to look at. Acts at once; the address holds it.",
    )
    return view


def _remember() -> None:
    st.session_state.latent_view = moved("latent_view_control")
    st.session_state.latent_address = st.session_state.latent_view
    st.query_params["view"] = st.session_state.latent_view.lower()


def _is_finite(run: Run) -> bool:
    """Whether codes and their variances are numbers, as those of a run that diverged are not."""
    with np.errstate(over="ignore"):
        parts = run.latents["mean"], np.exp(run.latents["log_var"])
    return all(bool(np.isfinite(part).all()) for part in parts)


run = chosen_run()
at_work = run is not None and is_at_work(run)
with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("Latent space", width="content")
    has_space = run is not None and bool(run.latents) and run.has_model
    is_whole = has_space and _is_finite(run)
    view = choose_view() if is_whole else ""
if view != "Compare":
    st.query_params.pop("with", None)  # the address names what is shown
if at_work:
    live_look(run)
if is_whole:
    VIEWS[view](run)
elif has_space:
    st.warning(
        "The codes of this run are no numbers: it diverged. Train it again with a lower learning "
        "rate, or choose another run.",
        icon=":material/warning:",
    )
elif run is None:
    st.info("There is no run to look into yet: train one.", icon=":material/info:")
elif not at_work:
    st.info(
        "This run has no model to look into. Continue it on the Train page, or choose another.",
        icon=":material/info:",
    )
