"""Generate: samples of a model, and all exports."""

import streamlit as st

from pages._shared.condition import conditioned
from pages._shared.run_picker import chosen_run
from pages._shared.stable_position import stable_position
from pages._shared.view_choice import choose_view
from pages.generate.animation_view import animation_view
from pages.generate.arithmetic_view import arithmetic_view
from pages.generate.classes_grid import classes_grid
from pages.generate.export_view import export_view
from pages.generate.grid_view import grid_view
from pages.generate.manifold_view import manifold_view
from pages.generate.samplers_view import samplers_view
from pages.generate.sliders_view import sliders_view

VIEWS = {
    "Grid": grid_view,
    "Classes": classes_grid,
    "Samplers": samplers_view,
    "By hand": sliders_view,
    "Manifold": manifold_view,
    "Arithmetic": arithmetic_view,
    "Animation": animation_view,
    "Take away": export_view,
}
ONLY_CONDITIONAL = "Classes"

run = chosen_run()
model = run if run is not None and run.has_model else None
is_conditional = model is not None and model.config.conditional
views = [name for name in VIEWS if name != ONLY_CONDITIONAL or is_conditional]
view = choose_view("generate", views) if model else ""
if model:
    with stable_position():
        # The view of all classes needs no class.
        shown_run = model if view == ONLY_CONDITIONAL else conditioned(model)
    VIEWS[view](shown_run)
else:
    st.info(
        "There is no model yet: train a run, or choose another one above.",
        icon=":material/hourglass:",
    )
