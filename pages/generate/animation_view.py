"""Animation: a walk through latent space that plays at once, and becomes a GIF or a WebP."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.frame_player import frame_player
from pages._components.run_key import run_key
from pages._shared.address import address_of_part
from pages._shared.guard import explained
from pages._shared.linked import linked_choice, linked_number, linked_switch
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from pages._shared.stable_position import stable_position
from pages._shared.strip import show_strip
from pages._shared.wide_layout import wrapping_columns
from pages.generate.animation_file import Walk, decoded_walk, offer_file
from pages.generate.bookmarks import bookmarks, clear_bookmarks
from pages.generate.fitted_samplers import offer_samplers, samplers_of
from pages.generate.grid_choice import choose_sampler
from pages.generate.seed_field import MAX_SEED
from vae.images import to_uint8
from vae.latent.walks import MAX_FRAMES, walk_codes
from vae.runs.provenance import notes_of
from vae.runs.run import Run
from vae.sampling.samplers import SampleSpec, sample_codes

__all__ = ["animation_view"]

MAX_VALUES = 4_000_000  # of all frames: what a browser is sent at once


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
        offer_file(run, codes, walk)
    with picture:
        frame_player(
            decoded_walk(run, codes, lambda fraction: None),
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


def _choose(run: Run) -> Walk | None:
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
    return Walk(stops, frames, loop, speed, notes)


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
