"""What each view of a path has: what was sent to its ends, kind, steps, strip and animation."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._components.frame_player import frame_player
from pages._components.run_key import run_key
from pages._shared.address import take_parameter, takes_setting
from pages._shared.linked import linked_choice, linked_number
from pages._shared.linked_code import read_code
from pages._shared.persistent import persistent
from pages._shared.sent_code import SentCode, end_of_path, set_end_of_path
from pages._shared.strip import show_strip
from vae.export.media import animation
from vae.latent.interpolation import PathKind
from vae.runs.provenance import notes_of
from vae.runs.run import Run

__all__ = ["choose_path", "sent_end", "show_path"]

PATHS: dict[PathKind, str] = {"linear": "Straight line", "spherical": "Great circle"}
STEPS = (3, 25)
GIF_PIXELS = 280
FRAMES_PER_SECOND = 8.0


def choose_path(run: Run) -> tuple[PathKind, int]:
    """Show what there is to choose; return the kind of the path, and its images."""
    kind: PathKind = linked_choice("path", "path_kind", PATHS)
    steps = linked_number("steps", "path_steps", *STEPS, 11)
    if run.config.latent_dim == 1:
        kind = "linear"
        st.caption("This model has one latent dimension: there is only one path.")
    else:
        st.segmented_control(
            "Path",
            list(PATHS),
            required=True,
            format_func=PATHS.__getitem__,
            help="Straight line: linear interpolation. Great circle: spherical interpolation "
            "around 0, which keeps codes as far from 0 as random ones are. Acts at once.",
            **persistent("path_kind", kind),
        )
    st.slider(
        "Steps",
        *STEPS,
        help="Images on the path, both ends included. Acts at once.",
        **persistent("path_steps", steps),
    )
    return kind, steps


def sent_end(run: Run, name: str, parameter: str) -> SentCode | None:
    """Return the code that was sent to an end from the Generate page, or by a link.

    name: of the end in the session. parameter: in the address, where "-code" follows it.
    """
    if takes_setting(f"{parameter}-code"):
        code = read_code(take_parameter(f"{parameter}-code") or "", run.config.latent_dim)
        if code is None:
            st.session_state[f"{name}_sampled"] = False
        else:
            set_end_of_path(run, code, "A sample", name)
    return end_of_path(run, name)


def show_path(
    run: Run, images: np.ndarray, ends: str, strip: DeltaGenerator, moving: DeltaGenerator
) -> None:
    """Show images uint8 (N, H, W, C) side by side in one place, and as an animation in another."""
    with strip:
        st.markdown(f"**{len(images)} steps {ends}**")
        show_strip(images, f"{len(images)} images on the way")
    with moving:
        _show_animation(run, images)


def _show_animation(run: Run, images: np.ndarray) -> None:
    """Play images uint8 (N, H, W, C) there and back, and offer them as a file."""
    scale = max(1, GIF_PIXELS // images.shape[2])
    make_gif = partial(animation, images, "gif", scale=scale, notes=notes_of(run))
    there_and_back = np.concatenate([images, images[-2:0:-1]])
    frame_player(
        there_and_back,
        frames_per_second=FRAMES_PER_SECOND,
        loop=True,
        alt="An animation there and back",
        key=f"path-player-{run_key(run)}",
    )
    st.download_button(
        "Download",
        make_gif,
        file_name="path.gif",
        mime="image/gif",
        icon=":material/download:",
        help="A GIF of this path, there and back in a loop.",
        on_click="ignore",
    )
