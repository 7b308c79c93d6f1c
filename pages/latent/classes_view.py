"""Classes: test images as dots, and how well classifiers tell them apart by their codes."""

from __future__ import annotations

import streamlit as st

from pages._components.point_cloud import point_cloud
from pages._components.run_key import run_key
from pages._shared.class_probes_view import class_probes_view
from pages._shared.condition import dots_caption
from vae.latent.projections import best_projection
from vae.runs.run import Run

__all__ = ["classes_view"]

CLOUD = "Test images in latent space, each a dot in the color of its class"


def classes_view(run: Run) -> None:
    """Show the dots, and beside them what is measured of the classes."""
    with st.container(key="picture-and-words"):
        left, right = st.container(key="classes-cloud"), st.container()
    with left:
        projection = best_projection(run)
        if projection is not None:
            point_cloud(projection, run.short_class_names, alt=CLOUD, key=f"classes-{run_key(run)}")
            st.markdown(dots_caption(run))
    with right:
        class_probes_view(run)
