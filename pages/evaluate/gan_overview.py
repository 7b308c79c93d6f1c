"""How the two networks of a GAN stand on test images, and what it cannot be measured by."""

from __future__ import annotations

import streamlit as st

from pages._components.learning_curves import learning_curves
from pages._shared.glossary import help_of
from pages._shared.model_card import show_model_card
from pages._shared.pictures import apart, show_grid
from pages._shared.plain import plain
from pages._shared.wide_layout import fitted_picture, wrapping_columns
from vae.runs.run import Run
from vae.sampling.prior import balanced_labels, prior_codes

__all__ = ["gan_overview"]

SIDE = 10
AROUND = 25  # rem of a screen that are not the samples


def gan_overview(run: Run) -> None:
    """Show D on test images and samples, say what there is not, and show the curves."""
    metrics = run.adversarial_metrics
    with st.container(horizontal=True, gap="medium", key="figures"):
        for name, value, note in (
            ("D(real)", metrics["d_real"], "How likely D finds test images to be real."),
            ("D(fake)", metrics["d_fake"], "How likely D finds samples to be real."),
            ("Generator loss, nats", metrics["loss"], "−log D(G(z)), 0.69 where D cannot tell."),
            (
                "Discriminator loss, nats",
                metrics["discriminator_loss"],
                "−log D(x) − log(1 − D(G(z))), 1.39 where D cannot tell.",
            ),
        ):
            st.metric(name, f"{value:.2f}", help=note, width="content")
        if run.quality:
            st.metric(
                "Fréchet distance of samples",
                f"{run.quality['frechet_classifier_distance']:.1f}",
                help=f"{help_of('Fréchet distance')} See Samples.",
                width="content",
            )
    st.markdown(
        "**A GAN has no likelihood and no reconstruction**: it makes images, but it does not say "
        "how likely an image is, nor which code belongs to one. So it is measured by its samples "
        "alone: see **Samples** above. For a likelihood, train a VAE."
    )
    st.markdown(
        f"Measured on {plain(metrics['images'])} and as many samples: "
        f"{plain(metrics['treatment'])}. The losses say how the game between the two networks "
        "stands, not how good the samples are."
    )
    made, learned = wrapping_columns([1, 1.4], key="overview-gan", gap="large")
    with made, fitted_picture(AROUND, key="samples"):
        st.header("What it makes")
        if run.has_model:
            codes = prior_codes(SIDE**2, run.config.latent_dim)
            images = run.decode(codes, balanced_labels(len(codes), run.classes))
            show_grid(apart(images), SIDE, SIDE, alt=f"A {SIDE} by {SIDE} grid of generated images")
    with learned:
        st.header("While it learned")
        learning_curves(run, small=True)
    show_model_card(run)
