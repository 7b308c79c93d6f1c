"""Latent: the latent space of a run, in six views; in two of a run without an encoder."""

import numpy as np
import streamlit as st

from pages._shared.condition import conditioned
from pages._shared.run_picker import chosen_run
from pages._shared.stable_position import stable_position
from pages._shared.view_choice import View, choose_view, views_of
from pages.latent.classes_view import classes_view
from pages.latent.classify_view import classify_view
from pages.latent.compare_link import follow_old_link, offer_comparison
from pages.latent.dimensions_view import dimensions_view
from pages.latent.draw_view import draw_view
from pages.latent.latent_style import apply_latent_style
from pages.latent.live_preview import is_in_progress, live_preview
from pages.latent.map_view import map_view
from pages.latent.path_view import path_view
from pages.latent.prior_map_view import prior_map_view
from pages.latent.projections_view import projections_view
from pages.latent.sample_path_view import sample_path_view
from vae.kinds import KINDS, with_article
from vae.runs.run import Run

VIEWS = {
    "Map": View(map_view, "encoder"),
    "Draw": View(draw_view, "encoder"),
    "Path": View(path_view, "encoder"),
    "Dimensions": View(dimensions_view, "encoder"),
    "Projections": View(projections_view, "encoder"),
    "Classes": View(classes_view, "encoder"),
}
CLASSIFIER_VIEWS = {"Draw": View(classify_view, "classifier")}
# Of a decoder alone: no image has a code.
DECODER_VIEWS = {"Map": View(prior_map_view, "decoder"), "Path": View(sample_path_view, "decoder")}
CONDITIONAL = ("Map", "Draw", "Path", "Dimensions")  # views that decode what is no test image


def _is_finite(run: Run) -> bool:
    """Whether codes or probabilities are numbers, as those of a run that diverged are not."""
    if not run.outputs:
        return True  # of a model that makes none of test images
    if run.config.has("classifier"):
        return bool(np.isfinite(run.predictions["probabilities"]).all())
    with np.errstate(over="ignore"):
        parts = run.latents["mean"], np.exp(run.latents["log_var"])
    return all(bool(np.isfinite(part).all()) for part in parts)


apply_latent_style()
run = chosen_run()
makes_only = run is not None and run.config.has("decoder") and not run.config.has("encoder")
views = VIEWS
if run is not None and not run.config.has("encoder"):
    views = DECODER_VIEWS if makes_only else CLASSIFIER_VIEWS
offered = views_of(run, views) if run is not None else []
in_progress = run if run and offered and not makes_only and is_in_progress(run) else None
has_outputs = run is not None and (makes_only or bool(run.outputs))
has_space = run is not None and bool(offered) and has_outputs and run.has_model
finite_run = run if run is not None and has_space and _is_finite(run) else None
if finite_run:
    follow_old_link(finite_run)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    view = choose_view("latent", offered) if finite_run else ""
    if finite_run and finite_run.config.has("encoder"):
        offer_comparison(finite_run)
with stable_position():
    if in_progress:
        live_preview(in_progress)
if finite_run and finite_run.config.has("classifier"):
    st.markdown(
        "A classifier has no codes, so there is no latent space to see. But you can ask it about "
        "any picture."
    )
if finite_run and makes_only:
    what = with_article(KINDS[finite_run.config.kind].title)
    st.markdown(
        f"{what} has no encoder: it turns codes into images, but no image into a code. So there "
        "are no codes of test images to see here."
    )
if finite_run:
    with stable_position():
        shown_run = conditioned(finite_run) if view in CONDITIONAL else finite_run
    views[view].show(shown_run)
elif has_space:
    st.warning(
        "This run diverged: its codes are not finite numbers. Train again with a lower learning "
        "rate, or choose another run.",
        icon=":material/warning:",
    )
elif run is None:
    st.info("There is no run yet: train one.", icon=":material/info:")
elif not offered:
    st.info(
        f"{with_article(run.config.noun)} has no codes, so there is no latent space to see. Choose "
        "another run above.",
        icon=":material/info:",
    )
elif not in_progress:
    st.info(
        "This run has no model yet. Continue it on the Train page, or choose another run.",
        icon=":material/info:",
    )
