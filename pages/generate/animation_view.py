"""Animation: a walk through latent space that plays at once, and becomes a GIF or a WebP."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st

from pages._components.frame_player import frame_player
from pages._components.run_key import run_key
from pages._shared.address import address_of_part
from pages._shared.guard import explained, show_error
from pages._shared.linked import linked_choice, linked_number, linked_switch
from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from pages._shared.stable_position import stable_position
from pages._shared.strip import show_strip
from pages._shared.wide_layout import wrapping_columns
from pages.generate.background import Work
from pages.generate.bookmarks import bookmarks, clear_bookmarks
from pages.generate.fitted_samplers import offer_samplers, samplers_of
from pages.generate.grid_choice import choose_sampler
from pages.generate.seed_field import MAX_SEED
from vae.errors import VAEError
from vae.export.media import AnimationKind, animation
from vae.images import to_uint8
from vae.latent.walks import MAX_FRAMES, walk_codes
from vae.runs.provenance import notes_of
from vae.runs.run import Run
from vae.sampling.samplers import SampleSpec, sample_codes

__all__ = ["animation_view"]

MAX_VALUES = 4_000_000  # of all frames: what a browser is sent at once
AT_ONCE = 100  # frames that are decoded at a time
FILE_PIXELS = (140, 280, 560)
KINDS: dict[AnimationKind, str] = {"gif": "GIF", "webp": "WebP"}


class _Walk(NamedTuple):
    """A walk that can be made again: its stops, and what a file says of it."""

    stops: np.ndarray
    frames: int
    loop: bool
    frames_per_second: int
    notes: dict[str, str]


@st.fragment
@explained()
@address_of_part("animation")
def animation_view(run: Run) -> None:
    """Choose a walk, play it, and have it made as a file."""
    # The picture first: on a phone one stands below the other.
    picture, controls = wrapping_columns([1, 1.1], key="animation", gap="large")
    with controls:
        walk = _choose(run)
    if walk is None:
        return
    codes = walk_codes(walk.stops, walk.frames, loop=walk.loop)
    with controls:
        _offer_file(run, codes, walk)
    with picture:
        frame_player(
            _decoded(run, codes, lambda fraction: None),
            frames_per_second=walk.frames_per_second,
            loop=walk.loop,
            alt="A walk through latent space",
            key=f"player-{run_key(run)}",
        )
        stops = to_uint8(run.decode(walk.stops))
        show_strip(stops, "The stops of the walk")
        st.caption(
            f"The {len(stops)} stops. Between them the walk follows a smooth curve"
            + (", and from the last one back to the first." if walk.loop else ".")
        )


def _choose(run: Run) -> _Walk | None:
    """Show what there is to choose; None until there is a walk."""
    with stable_position():
        stops, notes = _choose_stops(run)
    if stops is None:
        return None
    max_frames = max(len(stops), min(MAX_FRAMES, MAX_VALUES // int(np.prod(run.image_shape))))
    usual = min(max(120, len(stops)), max_frames)
    frames = linked_number("frames", "walk_frames", len(stops), max_frames, usual)
    across, down, end = wrapping_columns(
        [1, 1, 0.7], key="frames", gap="small", vertical_alignment="bottom"
    )
    across.slider(
        "Frames",
        len(stops),
        max_frames,
        help=f"Images in all: {max_frames} at most of this size. Acts at once.",
        **persistent("walk_frames", frames),
    )
    speed = linked_number("speed", "walk_speed", 1, 50, 20)
    down.slider("Frames a second", 1, 50, help="Acts at once.", **persistent("walk_speed", speed))
    loop = linked_switch("loop", "walk_loop", True)
    end.toggle(
        "Loop",
        help="Plays in a loop, back to the first stop. Off: ends at the last stop.",
        **persistent("walk_loop", loop),
    )
    return _Walk(stops, frames, loop, speed, notes)


def _choose_stops(run: Run) -> tuple[np.ndarray | None, dict[str, str]]:
    codes = bookmarks(run)
    kinds_of_walk = ["Random walk", "Through kept images"]
    kind_of_walk = linked_choice("walk", "walk_way", kinds_of_walk)
    st.segmented_control(
        "Walk",
        kinds_of_walk,
        required=True,
        help="Through random codes of a sampler, or through the images that you kept. Acts at "
        "once.",
        **persistent("walk_way", kind_of_walk),
    )
    if kind_of_walk == kinds_of_walk[1]:
        if len(codes) < 2:
            st.info(
                f"Keep at least two images (so far: {len(codes)}). The Keep button is in the views "
                "Grid and By hand.",
                icon=":material/bookmark:",
            )
            return None, {}
        st.caption("Through " + "; ".join(each.name for each in codes) + ".")
        st.button(
            "Forget them",
            icon=":material/close:",
            on_click=clear_bookmarks,
            args=(run,),
            help="Removes all kept images of this run.",
        )
        return np.stack([each.code for each in codes]), notes_of(run)
    sampler = choose_sampler(run, "walk_sampler")
    samplers = samplers_of(run)
    if sampler != "prior" and samplers is None:
        offer_samplers(run)
        return None, {}
    across, down = st.columns(2)
    count = linked_number("stops", "walk_stops", 2, 20, 8)
    seed = linked_number("seed", "walk_seed", 0, MAX_SEED, 0)
    across.slider(
        "Stops",
        2,
        20,
        help="Codes on the way. Acts at once.",
        **persistent("walk_stops", count),
    )
    with down:
        persistent_number(
            "Seed", seed, 0, MAX_SEED, name="walk_seed", help="The same seed gives the same walk."
        )
    spec = SampleSpec(sampler, seed=seed)
    return sample_codes(run, spec, count, samplers), notes_of(run, seed) | spec.notes


def _decoded(run: Run, codes: np.ndarray, on_progress: Callable[[float], None]) -> np.ndarray:
    """Decode codes (N, d) to uint8, some at a time: as floats images are large."""
    parts = []
    for begin in range(0, len(codes), AT_ONCE):
        parts.append(to_uint8(run.decode(codes[begin : begin + AT_ONCE])))
        on_progress(min(1.0, (begin + AT_ONCE) / len(codes)))
    return np.concatenate(parts)


@st.fragment  # of its own: what is chosen here leaves the player alone
@explained()
@address_of_part("animation-file")
def _offer_file(run: Run, codes: np.ndarray, walk: _Walk) -> None:
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
    run: Run, codes: np.ndarray, walk: _Walk, kind: AnimationKind, scale: int
) -> Callable[[Callable[[float], None]], bytes]:
    def make(report: Callable[[float], None]) -> bytes:
        images = _decoded(run, codes, lambda fraction: report(fraction / 2))
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
