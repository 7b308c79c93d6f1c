"""Evaluate: how good a model is on images it was not trained on."""

import streamlit as st

from pages._components.learning_curves import learning_curves
from pages._components.point_cloud import point_cloud
from pages._components.run_key import run_key
from pages._shared.class_probes_view import class_probes_view
from pages._shared.condition import dots_caption
from pages._shared.glossary import help_of
from pages._shared.model_card import show_model_card
from pages._shared.run_picker import chosen_run
from pages._shared.view_choice import View, choose_view, views_of
from pages._shared.wide_layout import fitted_picture, wrapping_columns
from pages.evaluate.assessment import show_assessment, show_reference_lines
from pages.evaluate.calibration_view import calibration_view
from pages.evaluate.classifier_overview import classifier_overview
from pages.evaluate.classify_view import classify_view
from pages.evaluate.evaluate_style import apply_evaluate_style
from pages.evaluate.gan_overview import gan_overview
from pages.evaluate.likelihood_view import likelihood_view
from pages.evaluate.metrics import show_class_costs, show_metrics, show_what_is_measured
from pages.evaluate.mistakes_view import mistakes_view
from pages.evaluate.samples_view import samples_view
from vae.latent.projections import best_projection
from vae.runs.run import Run

AROUND = 16  # rem of a screen that are not the cloud
CLOUD = "Test images in latent space, a dot each, colored by class"


def overview(run: Run) -> None:
    """Show the figures of the test images and whether they are good."""
    if run.config.has("classifier"):
        classifier_overview(run)
        show_model_card(run)
        return
    if run.config.has("discriminator"):
        gan_overview(run)
        return
    show_assessment(run)
    show_metrics(run)
    left, right = wrapping_columns([3, 2], key="overview", gap="large")
    with left:
        show_reference_lines(run)
        show_what_is_measured(run)
    with right:
        st.header("While it learned", help=help_of("loss", "validation"))
        learning_curves(run, small=True)
        st.caption(
            "Where the validation curve rises while the training curve still falls, the model "
            "memorises its training images (overfitting)."
        )
        show_class_costs(run)
    show_model_card(run)


def latent_space(run: Run) -> None:
    """Show how well codes separate the classes, beside a picture of the latent space."""
    left, right = wrapping_columns([1.3, 1], key="space", gap="large")
    with left:
        class_probes_view(run)
    with right, fitted_picture(AROUND, key="space"):
        projection = best_projection(run)
        if projection is not None:
            point_cloud(projection, run.short_class_names, alt=CLOUD, key=f"cloud-{run_key(run)}")
            st.caption(dots_caption(run))


VIEWS = {
    "Overview": View(overview),
    "Mistakes": View(mistakes_view, "classifier"),
    "Calibration": View(calibration_view, "classifier"),
    "Likelihood": View(likelihood_view, "posterior"),
    "Classify": View(classify_view, "posterior", with_labels=True),
    "Samples": View(samples_view, "decoder"),
    "Latent space": View(latent_space, "encoder"),
}

run = chosen_run()
measured = run if run is not None and run.metrics else None
view = choose_view("evaluate", views_of(measured, VIEWS)) if measured else ""
if measured:
    apply_evaluate_style()
    VIEWS[view].show(measured)
else:
    st.info(
        "Nothing has been measured yet: a run is measured on its test images when it ends.",
        icon=":material/hourglass:",
    )
