"""Two ways to make more of one digit: change a real picture, or have a model make new ones."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.warped_image import warped_image
from pages._shared.guard import explained
from pages._shared.persistent import persistent
from pages._shared.pictures import show_grid
from pages.learn.shipped import shipped_run
from vae.sampling.prior import prior_codes

__all__ = ["two_ways"]

DIGIT, CODES = "learn_made_digit", "learn_made_codes"  # in the session
MADE = 10


@st.fragment
@explained()
def two_ways() -> None:
    """Choose a digit; show variants of a real one, and samples of a conditional VAE."""
    run = shipped_run("mnist-conditional")
    images = run.fixed["images"]  # the first of each class
    chosen = st.session_state.get(DIGIT, 7)
    st.segmented_control(
        "Digit",
        range(len(images)),
        required=True,
        help="Acts at once.",
        **persistent(DIGIT, chosen),
    )
    st.markdown("**Classical**: one real digit, and nine variants of it.")
    warped_image(images[chosen], alt=f"A {chosen} and nine variants of it", key="learn-warped")
    st.markdown("**Conditional VAE**: ten random codes, and the same label.")
    seed = st.session_state.get(CODES, 0)
    codes = prior_codes(MADE, run.config.latent_dim, seed=seed)
    made = run.decode(codes, np.full(MADE, chosen))
    show_grid(made, 2, MADE // 2, alt=f"Ten samples of the digit {chosen}")
    st.button("New codes", on_click=_advance, help="Samples ten other codes.")
    st.caption(
        "This VAE ships with VAE Lab and has learned from all labels of MNIST. In the study it "
        "gets only the few."
    )


def _advance() -> None:
    st.session_state[CODES] = st.session_state.get(CODES, 0) + 1
