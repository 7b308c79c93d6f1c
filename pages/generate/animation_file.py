"""The walk of the Animation view as a file, made in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.guard import explained, show_error
from pages._shared.linked import linked_choice
from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.persistent import persistent
from pages.generate.background import Work
from vae.errors import VAEError
from vae.export.media import AnimationKind, animation
from vae.images import to_uint8
from vae.runs.run import Run

__all__ = ["Walk", "decoded_walk", "offer_file"]

AT_ONCE = 100  # frames that are decoded at a time
FILE_PIXELS = (140, 280, 560)
KINDS: dict[AnimationKind, str] = {"gif": "GIF", "webp": "WebP"}


class Walk(NamedTuple):
    """A walk that can be made again: its stops, and what a file says of it."""

    stops: np.ndarray
    frames: int
    loop: bool
    frames_per_second: int
    notes: dict[str, str]


def decoded_walk(run: Run, codes: np.ndarray, on_progress: Callable[[float], None]) -> np.ndarray:
    """Decode codes (N, d) to uint8, some at a time: as floats images are large."""
    parts = []
    for begin in range(0, len(codes), AT_ONCE):
        parts.append(to_uint8(run.decode(codes[begin : begin + AT_ONCE])))
        on_progress(min(1.0, (begin + AT_ONCE) / len(codes)))
    return np.concatenate(parts)


@st.fragment  # of its own: what is chosen here leaves the player alone
@explained()
@address_of_part("animation-file")
def offer_file(run: Run, codes: np.ndarray, walk: Walk) -> None:
    """Offer to make the file, show how far it is, or offer it."""
    state = st.session_state
    kind = linked_choice("file", "walk_kind", KINDS)
    pixels = linked_choice("width", "walk_pixels", FILE_PIXELS, FILE_PIXELS[1])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "File",
            list(KINDS),
            required=True,
            format_func=KINDS.__getitem__,
            help="A GIF opens everywhere; a WebP is smaller and has all grey levels.",
            **persistent("walk_kind", kind),
        )
        st.segmented_control(
            "Width",
            FILE_PIXELS,
            required=True,
            format_func=lambda pixels: f"{pixels} px",
            help="Approximate: each pixel of the image becomes a square of whole pixels.",
            **persistent("walk_pixels", pixels),
        )
    scale = max(1, round(pixels / run.image_shape[1]))
    file_key = (
        model_fingerprint(run),
        run.label,
        codes.tobytes(),
        walk.loop,
        walk.frames_per_second,
        kind,
        scale,
    )
    made_key, work = state.get("walk_work", (None, None))
    if made_key != file_key:
        st.button(
            "Make the file",
            type="primary",
            icon=":material/movie:",
            help="Made in the background, with the run's name and the seed in it.",
            on_click=lambda: state.update(
                walk_work=(file_key, Work(_maker(run, codes, walk, kind, scale)))
            ),
        )
    elif not work.is_over:
        _wait()
    else:
        _offer_made(work, kind)


def _maker(
    run: Run, codes: np.ndarray, walk: Walk, kind: AnimationKind, scale: int
) -> Callable[[Callable[[float], None]], bytes]:
    def make(report: Callable[[float], None]) -> bytes:
        images = decoded_walk(run, codes, lambda fraction: report(fraction / 2))
        return animation(
            images,
            kind,
            scale=scale,
            frames_per_second=walk.frames_per_second,
            there_and_back=False,
            loop=walk.loop,
            notes=walk.notes,
            on_progress=lambda fraction: report((1.0 + fraction) / 2),
        )

    return make


@st.fragment(run_every=0.3)
@explained()
def _wait() -> None:
    _, work = st.session_state.walk_work
    if work.is_over:
        st.rerun()
    st.progress(work.fraction, text=f"Making the file · {work.fraction:.0%}")


def _offer_made(work: Work, kind: AnimationKind) -> None:
    try:
        content = work.result()
    except VAEError as error:
        show_error(error)
        return
    st.download_button(
        f"Download the {KINDS[kind]}",
        content,
        file_name=f"walk.{kind}",
        mime=f"image/{kind}",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
        help="Plays in browsers, slides and chats.",
    )
    st.caption(f"{len(content) / 1000:,.0f} kB.")
