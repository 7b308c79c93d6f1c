"""Generate: samples of a model, and all exports."""

import streamlit as st

from pages._shared.address import link_parameter
from pages._shared.condition import conditioned
from pages._shared.run_picker import chosen_run
from pages._shared.stable_position import stable_position
from pages._shared.view_choice import View, choose_view, views_of
from pages.generate.animation_view import animation_view
from pages.generate.arithmetic_view import arithmetic_view
from pages.generate.augment_view import augment_view
from pages.generate.classes_grid import classes_grid
from pages.generate.export_view import export_view
from pages.generate.generate_style import apply_generate_style
from pages.generate.grid_view import grid_view
from pages.generate.manifold_view import manifold_view
from pages.generate.samplers_view import samplers_view
from pages.generate.sliders_view import sliders_view
from vae.kinds import with_article

VIEWS = {
    "Grid": View(grid_view, "decoder"),
    "Classes": View(classes_grid, "decoder", with_labels=True),
    "Samplers": View(samplers_view, "encoder"),
    "By hand": View(sliders_view, "decoder"),
    "Manifold": View(manifold_view, "decoder"),
    "Arithmetic": View(arithmetic_view, "encoder"),
    "Animation": View(animation_view, "decoder"),
    "Take away": View(export_view),
    "Augment": View(lambda _: augment_view()),
}
OF_ALL_CLASSES = "Classes"
OF_NO_RUN = "Augment"  # trains models of its own

run = chosen_run()
model = run if run is not None and run.has_model else None
wanted = link_parameter("view") or st.session_state.get("generate_view") or ""
offered = views_of(model, VIEWS) if model else []
if not model and wanted.lower() == OF_NO_RUN.lower():
    offered = [OF_NO_RUN]
view = choose_view("generate", offered) if offered else ""
apply_generate_style()
if view == OF_NO_RUN:
    augment_view()
elif model:
    if not model.config.has("decoder"):
        noun = with_article(model.config.noun)
        st.markdown(f"{noun} has no decoder, so it generates nothing. You can take it away.")
    with stable_position():
        # The view of all classes needs no class.
        shown_run = model if view == OF_ALL_CLASSES else conditioned(model)
    VIEWS[view].show(shown_run)
else:
    st.info(
        "There is no model yet: train a run, or choose another one above.",
        icon=":material/hourglass:",
    )
