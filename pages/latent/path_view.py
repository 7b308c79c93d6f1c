"""Path: from one picture to another, as a strip and as an animation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._shared.address import (
    address_of_part,
    set_parameter,
)
from pages._shared.available_images import available_test_images, reconstructions
from pages._shared.condition import as_class
from pages._shared.guard import explained
from pages._shared.linked import linked_number, linked_switch
from pages._shared.linked_code import code_text
from pages._shared.linked_drawing import link_drawing, take_drawing
from pages._shared.maps.map_data import PlanePoints, points_on_plane, usual_plane
from pages._shared.maps.plane_map import plane_map
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages._shared.stable_position import stable_position
from pages._shared.user_picture import usable_drawing
from pages.latent.path_parts import choose_path, sent_end, show_path
from vae.images import to_uint8
from vae.latent.interpolation import PathKind, interpolate
from vae.runs.run import Run

__all__ = ["path_view"]


class End(NamedTuple):
    """One end of a path: its code (d,), the picture uint8 (H, W, C), what it is, its own class."""

    code: np.ndarray
    image: np.ndarray
    name: str
    label: int | None = None


@st.fragment
@address_of_part("path")
@explained()
def path_view(run: Run) -> None:
    """Choose two pictures, a kind of path and the number of steps; show what lies between."""
    take_drawing()
    strip = st.container(key="path-strip", gap="small")
    with st.container(key="path-parts"):
        on_map, moving, choice = st.container(), st.container(), st.container()
    with choice:
        with st.container(key="path-ends"):
            first, second, settings = st.container(), st.container(), st.container()
        with first:
            start = _choose_end(run, "path_from", "From", 0)
        with second:
            end = _choose_end(run, "path_to", "To", _of_another_class(run))
        with settings:
            kind, steps = _choose_path(run)
    codes = interpolate(start.code, end.code, steps, kind)
    decoded = to_uint8(run.decode(codes))
    show_path(run, decoded, f"from {start.name} to {end.name}", strip, moving)
    with choice:
        st.caption(
            f"Each image is decoded{as_class(run)} from a code on the way between the codes of "
            "the two. Where the path crosses a hole, images may be unclear, since the decoder was "
            "not trained there."
        )
    with on_map:  # last: it takes seconds when it is the first of its model
        on_plane = points_on_plane(run, usual_plane(run))
        error = plane_map(
            run,
            on_plane,
            key=f"path-map-{run_key(run)}",
            small=True,
            layers=("dots", "prior", "holes"),
            answers={"path": on_plane.plane.coordinates(codes).tolist()},
        )
        st.caption(
            f"{_what_the_map_shows(on_plane)} The image under the pointer is blended from the "
            f"nearest decoded ones, on average {error:.2g} of 255 grey levels off."
        )


def _what_the_map_shows(on_plane: PlanePoints) -> str:
    if on_plane.plane.is_line:
        return "The path on the line; upwards the classes are only drawn apart. Hatched: holes."
    flat = ", projected onto this plane" if len(on_plane.plane.origin) > 2 else ""
    return f"The path{flat}, from the ring to the point. Hatched: holes of the prior."


def _choose_end(run: Run, name: str, label: str, default: int) -> End:
    """Show what one end can be, and its picture and reconstruction."""
    state, last = st.session_state, len(run.latents["y"]) - 1
    drawing = _drawing_end(run)
    sample = sent_end(run, name, label.lower())
    is_drawn = linked_switch(f"{label.lower()}-drawn", f"{name}_drawn") and drawing is not None
    is_sample = bool(state.get(f"{name}_sampled")) and sample is not None and not is_drawn
    index = linked_number(label.lower(), name, 0, last, default)
    if is_sample and sample is not None and (text := code_text(sample.code)):
        set_parameter(f"{label.lower()}-code", text)
    persistent_number(
        f"{label} test image",
        index,
        0,
        last,
        name=name,
        disabled=is_drawn or is_sample,
        help="A number from 0 on. Acts at once.",
    )
    with stable_position():
        if drawing is not None:
            st.toggle(
                f"{label} your drawing",
                help="Your drawing from the Draw view, instead of a test image.",
                **persistent(f"{name}_drawn", is_drawn),
            )
    with stable_position():
        if sample is not None:
            st.toggle(
                f"{label} the sample",
                disabled=is_drawn,
                help="The image sent here from the Generate page, instead of a test image.",
                **persistent(f"{name}_sampled", is_sample),
            )
    if drawing is not None and is_drawn:
        link_drawing()
        end = drawing
    elif sample is not None and is_sample:
        end = End(sample.code, to_uint8(run.decode(sample.code[None]))[0], "the sample")
    else:
        end = _test_image(run, index)
    copy = to_uint8(run.decode(end.code[None], end.label))
    has_image = is_drawn or (available_test_images(run) is not None and not is_sample)
    shown = np.concatenate([end.image[None], copy]) if has_image else copy
    with st.container(key=f"{name.replace('_', '-')}-picture"):
        show_grid(shown, 1, len(shown), alt=f"{label}: {end.name}")
    if sample is not None and is_sample:
        st.caption(f"{sample.name}.")
    elif has_image:
        st.caption("The picture and its reconstruction.")
    else:
        st.caption("The reconstruction: the picture itself needs the data set.")
    return end


def _test_image(run: Run, index: int) -> End:
    code, images = run.latents["mean"][index], available_test_images(run)
    image = reconstructions(run, [index])[0] if images is None else images[index]
    label = int(run.latents["y"][index])
    return End(code, image, f"test image {index} ({plain(run.short_class_names[label])})", label)


def _drawing_end(run: Run) -> End | None:
    picture = usable_drawing(run)
    if picture is None:
        return None
    return End(run.encode(picture.image[None])[0][0], picture.image, "your drawing")


def _of_another_class(run: Run) -> int:
    """Return the first test image of another class than the very first, or the last of all."""
    others = np.flatnonzero(run.latents["y"] != run.latents["y"][0])
    return int(others[0]) if len(others) else len(run.latents["y"]) - 1


def _choose_path(run: Run) -> tuple[PathKind, int]:
    kind, steps = choose_path(run)
    st.button(
        "Two other images",
        icon=":material/casino:",
        help="Picks two random test images of different classes.",
        on_click=_choose_two,
        args=(run.latents["y"],),
    )
    return kind, steps


def _choose_two(y: np.ndarray) -> None:
    """Choose two random test images, of two classes where there are two."""
    random = np.random.default_rng()
    first = int(random.integers(len(y)))
    others = np.flatnonzero(y != y[first])
    second = int(random.choice(others if len(others) else np.arange(len(y))))
    state = st.session_state
    state.path_from, state.path_to = first, second
    state.path_from_drawn = state.path_to_drawn = False
    state.path_from_sampled = state.path_to_sampled = False
