"""The figures of the test images, each with its unit and what it means."""

from __future__ import annotations

import streamlit as st

from pages._shared.bars import show_bars
from pages._shared.glossary import help_of
from pages._shared.plain import plain
from vae.figures.classes import class_cost_bars
from vae.runs.run import Run

__all__ = ["show_class_costs", "show_metrics", "show_what_is_measured"]

TERMS = {
    "elbo": "ELBO",
    "reconstruction": "reconstruction",
    "kl": "KL",
    "bits_per_dimension": "bits per dimension",
    "active_units": "active unit",
}


def show_metrics(run: Run) -> None:
    """Show ELBO, its parts, bits per dimension and active units of the test images."""
    metrics = run.metrics
    names = {
        "elbo": ("ELBO, nats per image", "{:.2f}"),
        "reconstruction": ("Reconstruction, nats per image", "{:.2f}"),
        "kl": ("KL, nats per image", "{:.2f}"),
        "bits_per_dimension": ("Bits per dimension", "{:.4f}"),
        "active_units": (f"Active units of {run.config.latent_dim}", "{}"),
    }
    with st.container(horizontal=True, gap="medium", key="figures"):
        for name, (label, form) in names.items():
            value = metrics.get(name)
            if value is not None:  # an autoencoder has no ELBO
                st.metric(label, form.format(value), help=help_of(TERMS[name]), width="content")


def show_what_is_measured(run: Run) -> None:
    """Say which images, in which treatment, the figures are of."""
    metrics = run.metrics
    st.caption(
        f"Measured on {plain(str(metrics.get('images', 'the test images')))}, "
        f"{plain(str(metrics.get('treatment', '')))}, with one posterior sample per image and a "
        "fixed seed."
    )


def show_class_costs(run: Run) -> None:
    """Show which classes the model finds hard, where that was measured."""
    nats = run.metrics.get("reconstruction_per_class")
    if nats:
        st.header("Which classes are hard", help=help_of("reconstruction"))
        show_bars(class_cost_bars(nats), name="Reconstruction of each class, nats per image")
        how = "with their labels" if run.config.conditional else "without labels"
        st.caption(f"Mean reconstruction of each class's test images. The model was trained {how}.")
