"""One test image: itself, its reconstruction and its posterior."""

from __future__ import annotations

import streamlit as st

from pages._components.run_key import run_key
from pages._components.still_chart import still_chart
from pages._shared.available_images import image_and_reconstruction
from pages._shared.glossary import help_of
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from vae.figures.posterior import posterior
from vae.runs.run import Run
from vae.runs.run_images import missing_images

__all__ = ["show_image"]


def show_image(run: Run, index: int) -> None:
    """Show one test image, its reconstruction and its posterior."""
    mean, log_var = (run.latents[name][index] for name in ("mean", "log_var"))
    label = plain(run.short_class_names[run.latents["y"][index]])
    pair = image_and_reconstruction(run, index)
    images, sureness = st.columns([1, 1]) if run.config.has("posterior") else (st.container(), None)
    with images:
        show_grid(pair, 1, len(pair), alt=f"Test image {index} and its reconstruction")
        if len(pair) == 2:
            st.caption(f"Test image {index}, class {label}, and its reconstruction.")
        else:
            st.caption(f"The reconstruction of test image {index}, class {label}. {_where(run)}")
    if sureness is not None:
        with sureness:
            figure = posterior(mean, log_var)
            figure.update_layout(height=190)
            name = f"Posterior of test image {index}, beside the prior"
            still_chart(figure, name=name, key=f"posterior-{run_key(run)}", numbers=False)
            st.caption(
                "Its posterior. Grey: where 95 % of the prior lies.",
                help=help_of("posterior", "prior"),
            )


def _where(run: Run) -> str:
    missing = missing_images(run)
    return f"The image itself cannot be shown: it needs {plain(missing)}." if missing else ""
