"""One test image: itself, its reconstruction and its posterior."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae.datasets import DATASETS
from vae.figures import posterior
from vae.runs import Run
from vae.sampling import to_uint8
from views._shared.pictures import show_grid
from views._shared.plain import plain
from views._shared.server import dataset

__all__ = ["picked_index", "show_image"]


def show_image(run: Run, index: int) -> None:
    """Show one test image, its reconstruction and its posterior."""
    mean, log_var = (run.latents[name][index] for name in ("mean", "log_var"))
    label = run.class_names[run.latents["y"][index]]
    copy = to_uint8(run.decode(mean[None]))
    data = dataset(run.dataset)
    if data is None or data.image_shape != run.image_shape:
        known = run.dataset in DATASETS and data is None
        where = "get it on the Data page" if known else "only its maker has it"
        st.caption(f"The image itself needs the data set: {where}.")
        pair = copy
    else:
        pair = np.concatenate([data.x_test[index : index + 1], copy])
    show_grid(pair, 1, len(pair), alt=f"Test image {index} and its reconstruction")
    st.caption(f"Test image {index}, class {plain(label)}: the image, and decoded from its mean.")
    if run.config.kind == "vae":
        st.markdown("**Its posterior** · grey: where 95 % of the prior lies")
        st.plotly_chart(posterior(mean, log_var), key=f"posterior-{run.id}")


def picked_index(run: Run) -> tuple[int, bool]:
    """Return the test image that was typed or clicked, and whether it was typed."""
    images = len(run.latents["y"])
    state = st.session_state
    clicked = state.get("latent_cloud", {}).get("selection", {}).get("points", [])
    place = clicked[0].get("customdata") if clicked else None
    place = place[0] if isinstance(place, list) else place
    if place is not None and place != state.get("last_clicked"):
        state.latent_image = state.last_clicked = int(place)
    state.latent_image = min(state.get("latent_image", 0), images - 1)
    index = st.number_input(
        "Test image",
        0,
        images - 1,
        key="latent_image",
        help=f"Click a dot, or type a number from 0 to {images - 1:,}.",
    )
    return index, index != state.get("last_clicked")
