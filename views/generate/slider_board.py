"""Every latent dimension on a slider that decodes as it moves."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae.runs import Run
from vae.sampling import prior_codes, tile, to_png
from views._components.latent_sliders import latent_sliders
from views._shared.guard import explained

__all__ = ["slider_board"]

MOST_SLIDERS = 32
REACH = 3.0  # standard deviations of the prior that a slider covers
IMAGE_PIXELS = 320


@st.fragment
@explained()
def slider_board(run: Run) -> None:
    """Decode where the sliders stand, as they move."""
    st.subheader("Every latent dimension by hand")
    dims = run.config.latent_dim
    if dims > MOST_SLIDERS:
        st.caption(f"Sliders for the first {MOST_SLIDERS} of {dims} dimensions; the others stay 0.")
    generation = st.session_state.setdefault("slider_generation", 0)
    key = f"sliders-{run.id}"
    start = st.session_state.get(f"slider-start-{run.id}", [0.0] * min(dims, MOST_SLIDERS))
    moved = st.session_state.get(key)
    z = list(moved["z"]) if moved and len(moved["z"]) == len(start) else start
    with st.container(horizontal=True):
        if st.button("Random code", icon=":material/casino:", help="Draws a code from the prior."):
            z = prior_codes(1, len(start), seed=np.random.default_rng().integers(2**31))[0].tolist()
            generation += 1
        if st.button("Reset", icon=":material/restart_alt:", help="Back to the prior's mean, 0."):
            z = [0.0] * len(start)
            generation += 1
    if generation != st.session_state.slider_generation:
        st.session_state.slider_generation = generation
        st.session_state[f"slider-start-{run.id}"] = z
    code = np.zeros((1, dims), dtype=np.float32)
    code[0, : len(z)] = np.clip(z, -REACH, REACH)
    image = tile(run.decode(code), 1, 1)
    png = to_png(image, scale=max(1, IMAGE_PIXELS // image.shape[1]))
    latent_sliders(z, png, reach=REACH, key=key, generation=generation)
