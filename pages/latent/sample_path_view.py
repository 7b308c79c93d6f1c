"""Path of a model without an encoder: from one random code to another."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._shared.address import address_of_part, set_parameter
from pages._shared.condition import as_class
from pages._shared.guard import explained
from pages._shared.linked import linked_number
from pages._shared.linked_code import code_text
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from pages._shared.pictures import show_grid
from pages._shared.sent_code import SentCode
from pages._shared.stable_position import stable_position
from pages.latent.path_parts import choose_path, sent_end, show_path
from vae.images import to_uint8
from vae.latent.interpolation import interpolate
from vae.runs.run import Run
from vae.sampling.prior import prior_codes

__all__ = ["sample_path_view"]

MAX_SEED = 9999


@st.fragment
@address_of_part("path")
@explained()
def sample_path_view(run: Run) -> None:
    """Choose two samples, a kind of path and the number of steps; show what lies between."""
    strip = st.container(key="path-strip", gap="small")
    with st.container(key="sample-path-parts"):
        moving, choice = st.container(), st.container()
    with choice:
        with st.container(key="path-ends"):
            first, second, settings = st.container(), st.container(), st.container()
        with first:
            start = _choose_end(run, "path_from", "From", 0)
        with second:
            end = _choose_end(run, "path_to", "To", 1)
        with settings:
            kind, steps = choose_path(run)
            st.button(
                "Two other samples",
                icon=":material/casino:",
                help="Picks two random codes.",
                on_click=_choose_two,
            )
    decoded = to_uint8(run.decode(interpolate(start.code, end.code, steps, kind)))
    show_path(run, decoded, f"from {start.name} to {end.name}", strip, moving)
    with choice:
        st.markdown(
            f"Each image is decoded{as_class(run)} from a code on the way between two random ones. "
            "Where training went well, each of them looks like a real image."
        )


def _choose_end(run: Run, name: str, label: str, default: int) -> SentCode:
    """Show what one end can be, and its image."""
    sample = sent_end(run, name, label.lower())
    is_sent = bool(st.session_state.get(f"{name}_sampled")) and sample is not None
    seed = linked_number(f"{label.lower()}-seed", f"{name}_seed", 0, MAX_SEED, default)
    persistent_number(
        f"{label} sample",
        seed,
        0,
        MAX_SEED,
        name=f"{name}_seed",
        disabled=is_sent,
        help="The seed of a random code, a number from 0 on. Acts at once.",
    )
    with stable_position():
        if sample is not None:
            st.toggle(
                f"{label} the image you sent",
                help="The image sent here from the Generate page, instead of a random one.",
                **persistent(f"{name}_sampled", is_sent),
            )
    if sample is not None and is_sent:
        end = SentCode(sample.code, "the image you sent")
        if text := code_text(sample.code):
            set_parameter(f"{label.lower()}-code", text)
    else:
        end = SentCode(prior_codes(1, run.config.latent_dim, seed=seed)[0], f"sample {seed}")
    with st.container(key=f"{name.replace('_', '-')}-picture"):
        show_grid(to_uint8(run.decode(end.code[None])), 1, 1, alt=f"{label}: {end.name}")
    return end


def _choose_two() -> None:
    first, second = np.random.default_rng().choice(MAX_SEED + 1, 2, replace=False).tolist()
    state = st.session_state
    state.path_from_seed, state.path_to_seed = first, second
    state.path_from_sampled = state.path_to_sampled = False
