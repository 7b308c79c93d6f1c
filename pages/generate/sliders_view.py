"""By hand: every latent dimension on a slider that decodes as it moves."""

from __future__ import annotations

import json

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._shared.address import (
    address_of_part,
    set_parameter,
    take_parameter,
    takes_setting,
)
from pages._shared.guard import explained
from pages.generate.bookmarks import bookmark_button
from pages.generate.code_sliders import MAX_SLIDERS, code_sliders
from vae.errors import VAEError
from vae.latent.code_text import parse_code
from vae.runs.run import Run
from vae.sampling.samplers import SampleSpec, sample_codes

__all__ = ["set_sliders", "sliders_view"]

IMAGE_PIXELS = 320
PARAMETER = "z"  # of the address: each digit of the code, so that a link shows the same pixels


def set_sliders(run: Run, code: np.ndarray) -> None:
    """Set the sliders to a code (d,), for when they are shown next."""
    _, generation = st.session_state.get(_key(run), (None, 0))
    st.session_state[_key(run)] = code.astype(np.float32), generation + 1


@st.fragment
@explained()
@address_of_part("sliders")
def sliders_view(run: Run) -> None:
    """Decode the code of the sliders, as they move."""
    dims = run.config.latent_dim
    nothing = np.zeros(dims, np.float32)
    if takes_setting(PARAMETER):
        set_sliders(run, _read(take_parameter(PARAMETER), dims))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(
            "Random code", icon=":material/casino:", help="Takes a random code from the prior."
        ):
            seed = int(np.random.default_rng().integers(2**31))
            set_sliders(run, sample_codes(run, SampleSpec(seed=seed), 1)[0])
        if st.button("Reset", icon=":material/restart_alt:", help="Back to the prior's mean, 0."):
            set_sliders(run, nothing)
        with st.popover(
            "Code as text", icon=":material/data_object:", help="Copy z as JSON, or paste one."
        ):
            text = st.container()
            _paste(run)
        bookmark_column = st.container(width="content")
    if dims > MAX_SLIDERS:
        which = f"{MAX_SLIDERS} of {dims} dimensions with the largest KL"
        if not run.latents:
            which = f"first {MAX_SLIDERS} of {dims} dimensions"
        st.caption(f"Sliders for the {which}; the others stay.")
    start, generation = st.session_state.get(_key(run), (nothing, 0))
    if len(start) != dims:
        start = nothing
    code = code_sliders(
        run, start, str(generation), key=f"sliders-{run_key(run)}", pixels=IMAGE_PIXELS, strips=True
    )
    if code.any():
        set_parameter(PARAMETER, " ".join(map(str, code.astype(np.float32))))
    text.code(
        json.dumps([round(float(value), 4) for value in code]), language="json", wrap_lines=True
    )
    with bookmark_column:
        bookmark_button(run, code, "from the sliders")
    order = "The dimensions with the largest KL come first. " if run.latents else ""
    st.caption(
        f"{order}The strip under each slider shows what this dimension alone changes, from −3 to "
        "3, around the code that was set last."
    )


def _read(text: str | None, dims: int) -> np.ndarray:
    """Return the code (d,) of a link; 0 where that has none, or one of another model."""
    try:
        return parse_code(text or "", dims)
    except VAEError:
        return np.zeros(dims, np.float32)


def _paste(run: Run) -> None:
    pasted = st.text_area(
        "A code to put on the sliders",
        key=f"pasted-code-{run.id}",
        placeholder=f"[0.5, −1.2, …]: {run.config.latent_dim} numbers".replace("−", "-"),
        help="A number for each latent dimension, with commas, semicolons or spaces between.",
    )
    if st.button("Put it on the sliders", help="The sliders move to this code."):
        with explained():  # here, so that the sliders stay
            set_sliders(run, parse_code(pasted, run.config.latent_dim))


def _key(run: Run) -> str:
    return f"slider-start-{run.id}"
