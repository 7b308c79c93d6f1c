"""Figures of the chapter on autoencoders: a code by hand, all codes on a plane, random codes."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
import streamlit as st

from pages._components.code_map import code_map
from pages._components.latent_sliders import latent_sliders, moved_code
from pages._shared.captioned_pictures import show_captioned
from pages._shared.guard import explained
from pages._shared.model_fingerprint import model_fingerprint
from pages._shared.persistent import persistent
from pages._shared.pictures import show_png
from pages.learn.asked_picture import ask_picture
from vae.evaluation.digit_classifier import classify
from vae.evaluation.image_costs import pixel_nats
from vae.evaluation.sample_quality import SURE
from vae.images import to_png, to_uint8
from vae.latent.atlas import decode_atlas
from vae.latent.planes import Extent, dimension_plane, extent_of, pca_plane
from vae.runs.run import Run

__all__ = ["POINTS", "code_by_hand", "codes_on_a_plane", "random_codes", "unsure_fraction"]

SHARP = 280  # pixels of a picture's side
POINTS = 1500  # test images on the plane
TILES = 28  # decoded images across and up
SHOWN = 20  # random codes
MANY = 500  # of which a fraction is told: as many as are decoded and read in a moment
MIDDLE = (2.5, 97.5)  # percentiles of the codes: the box that "anywhere" means
STANDARD, ANYWHERE = "From N(0, 1)", "Anywhere among the codes"


@st.fragment
@explained()
def code_by_hand(run: Run, *, key: str) -> None:
    """Show a picture, its code on sliders, and what the code decodes to as they move."""
    picture = ask_picture(run, key=key)
    if picture is None:
        st.caption("Draw on the pad: its code and its copy appear here.")
        return
    own = run.encode(picture.image[None])[0][0]
    state, sliders = f"learn_reset_{key}", f"learn-sliders-{key}"
    if st.button("The encoder's code", icon=":material/restart_alt:", key=f"learn-own-{key}"):
        st.session_state[state] = st.session_state.get(state, 0) + 1
    mark = hashlib.sha256(picture.image.tobytes()).hexdigest()[:12]
    generation = f"{mark}-{st.session_state.get(state, 0)}"
    moved = moved_code(sliders, generation, len(own))
    code = own if moved is None else moved
    copies = run.decode(np.stack([own, code]))
    left, right = st.columns([1, 3.4])
    with left, st.container(key=f"learn-picture-{key}"):
        scale = max(1, SHARP // picture.image.shape[1])
        show_png(to_png(picture.image, scale), f"The picture: {picture.name}", "x")
    with right:
        latent_sliders(
            code,
            to_uint8(copies[1]),
            dimensions=range(len(code)),
            reach=float(np.ceil(np.abs(run.latents["mean"]).max())),
            pixels=SHARP,
            key=sliders,
            generation=generation,
            symbol="h",
            caption="x′, decoded from h",
        )
    first, now = _costs(run, picture.image, copies)
    st.markdown(
        f"This copy costs **{now:.0f} nats**, the one of the encoder's own code {first:.0f}."
    )


def _costs(run: Run, image: np.ndarray, copies: np.ndarray) -> list[float]:
    """Return the reconstruction losses, in nats, of copies (N, H, W, C) of one image."""
    x = np.broadcast_to(image / 255.0, copies.shape).reshape(len(copies), -1)
    return pixel_nats(run, x, copies.reshape(x.shape)).sum(axis=1).tolist()


class _Map(NamedTuple):
    """What the map of a run shows; note: what is said of it."""

    points: np.ndarray
    labels: np.ndarray
    atlas: bytes
    extent: Extent
    axes: tuple[str, str]
    note: str


@explained()
def codes_on_a_plane(run: Run, *, key: str) -> None:
    """Show the codes of test images by class, and one to drag with its decoded image beside it."""
    shown = _map(run, model_fingerprint(run))
    code_map(
        shown.points,
        shown.labels,
        atlas=shown.atlas,
        tiles=TILES,
        extent=shown.extent,
        class_names=run.short_class_names,
        axes=shown.axes,
        key=key,
    )
    if shown.note:
        st.caption(shown.note)


@st.cache_data(show_spinner=False, max_entries=4)
def _map(_run: Run, mark: str) -> _Map:
    """Decode the map once for all readers; mark: of the model."""
    means, dims, note = _run.latents["mean"], _run.config.latent_dim, ""
    if dims == 2:
        plane = dimension_plane(dims, 0, 1)
    else:
        plane = pca_plane(means)
        note = (
            f"The codes of this autoencoder have {dims} numbers. The map is the plane along which "
            f"they vary most: {' and '.join(plane.names)}. Dots lie in front of it and behind it, "
            "so that clusters overlap more than they do in all dimensions."
        )
    points = plane.coordinates(means)
    extent = extent_of(plane, points)
    atlas = to_png(decode_atlas(_run, plane, extent, TILES).image)
    return _Map(points[:POINTS], _run.latents["y"][:POINTS], atlas, extent, plane.short, note)


@st.fragment
@explained()
def random_codes(run: Run, *, key: str) -> None:
    """Show what random codes decode to, new ones at a press, and what a classifier says of them."""
    where = f"learn_where_{key}"
    chosen = ANYWHERE if st.session_state.get(where) == ANYWHERE else STANDARD
    st.segmented_control(
        "Random codes",
        [STANDARD, ANYWHERE],
        required=True,
        label_visibility="collapsed",
        **persistent(where, chosen),
    )
    state = f"learn_seed_{key}"
    if st.button("New random codes", icon=":material/casino:", key=f"learn-new-{key}"):
        st.session_state[state] = st.session_state.get(state, 0) + 1
    codes = _random(run, chosen == ANYWHERE, SHOWN, st.session_state.get(state, 0))
    images = to_uint8(run.decode(codes))
    _, probabilities = classify(images)
    unsure = probabilities.max(axis=1) < SURE
    names = run.short_class_names
    show_captioned(
        [
            (image, "What a random code decodes to", "unsure" if doubt else f"<b>{names[says]}</b>")
            for image, doubt, says in zip(images, unsure, probabilities.argmax(axis=1), strict=True)
        ],
        fitted=True,
    )
    such = unsure_fraction(run, "anywhere" if chosen == ANYWHERE else "prior")
    st.caption(
        f"A classifier of digits is unsure (below {SURE:.0%}) of **{unsure.sum()} of these "
        f"{SHOWN}**, and of {such:.0%} of {MANY:,} such codes. Of the copies of {MANY:,} test "
        f"images: {unsure_fraction(run, 'images'):.0%}. And it can be sure of nonsense."
    )


def unsure_fraction(run: Run, codes: str) -> float:
    """Return of which fraction of decoded codes a classifier of digits is unsure.

    codes: "prior" for random ones from N(0, 1), "anywhere" for random ones in the box of the codes
    of test images, "images" for those codes themselves.
    """
    return _unsure_once(run, model_fingerprint(run), codes)


@st.cache_data(show_spinner=False, max_entries=16)
def _unsure_once(_run: Run, mark: str, codes: str) -> float:
    if codes == "images":
        chosen = _run.latents["mean"][:MANY]
    else:
        chosen = _random(_run, codes == "anywhere", MANY, 0)
    _, probabilities = classify(to_uint8(_run.decode(chosen)))
    return float((probabilities.max(axis=1) < SURE).mean())


def _random(run: Run, is_anywhere: bool, count: int, seed: int) -> np.ndarray:
    """Return random codes (count, d)."""
    random, dims = np.random.default_rng(seed), run.config.latent_dim
    if not is_anywhere:
        return random.standard_normal((count, dims))
    low, high = np.percentile(run.latents["mean"], MIDDLE, axis=0)
    return random.uniform(low, high, (count, dims))
