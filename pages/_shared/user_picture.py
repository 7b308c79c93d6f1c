"""A picture to ask a model about: drawn, uploaded, or a test image, as the model gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from pages._components.drawing_pad import png_of
from pages._shared.available_images import available_test_images, reconstructions
from pages._shared.guard import show_error
from pages._shared.linked import linked_choice, linked_number
from pages._shared.linked_drawing import DRAWING, linked_pad
from pages._shared.number_field import persistent_number
from pages._shared.persistent import persistent
from pages._shared.stable_position import stable_position
from vae.data.importing.treatment import treated
from vae.data.uploads import read_drawing, read_picture
from vae.data.user_images import FRAMES, fit_picture, framed, ink_of, plainly_scaled
from vae.errors import RunError, VAEError
from vae.runs.run import Run
from vae.runs.run_images import known_dataset, own_set_of

__all__ = [
    "Picture",
    "choose_picture",
    "drawn_picture",
    "how_prepared",
    "read_pad",
    "usable_drawing",
]

# Data sets that look like pen strokes.
DRAWABLE = ("mnist", "digits", "emnist_letters", "emnist_balanced")
PREPARED = {
    "mnist": "Cut out, scaled into 20 × 20 of 28 × 28 pixels and centred by mass, as MNIST was",
    "digits": "Cut out, scaled to all 8 rows and centred, as the data set was",
    "fashion_mnist": "Cut out, scaled to the whole image, bright on black, as the data set was",
    "animals": "Cut out, scaled to the whole image, bright on black, as the data set was",
    "emnist_letters": "Cut out, scaled into 24 × 24 of 28 × 28 pixels and centred, as EMNIST was",
    "emnist_balanced": "Cut out, scaled into 24 × 24 of 28 × 28 pixels and centred, as EMNIST was",
}
TYPES = ("png", "jpg", "jpeg", "webp", "gif", "bmp")
UPLOAD = "uploaded_picture"  # in the session, for all runs


class Picture(NamedTuple):
    """image: as the model gets it, uint8 (H, W, C). before: only scaled, where that differs.

    number, label: of the test image that it is, and its class. is_own: whether it is the one that
    was asked for. on_pad: whether there is a pad to draw one on.
    """

    image: np.ndarray
    before: np.ndarray | None
    name: str
    number: int | None = None
    label: int | None = None
    is_own: bool = True
    on_pad: bool = False


Sources = Mapping[str, Callable[[Run], Picture]]


def choose_picture(run: Run, more: Sources = MappingProxyType({})) -> Picture:
    """Show how to choose a picture and return it: an example while there is none.

    more: other sources by their names; each shows its own choices and returns a picture.
    """
    sources = ["Test image", "Upload", *more]
    if _is_drawable(run):
        sources.insert(0, "Draw")
    source = linked_choice("picture", "picture_source", sources)
    st.segmented_control(
        "Picture",
        sources,
        required=True,
        label_visibility="collapsed",
        help="Draw one, take a test image, or upload an image file. Acts at once.",
        **persistent("picture_source", source),
    )
    with stable_position():  # for what each source has of its own
        try:
            if source == "Test image":
                return _choose(run)
            if source in more:
                return more[source](run)
            if source == "Draw":
                linked_pad()
                picture = drawn_picture(run)
            else:
                picture = _uploaded(run)
        except VAEError as error:
            show_error(error)
            picture = None
    return (picture or _example(run))._replace(on_pad=source == "Draw")


def how_prepared(run: Run) -> str:
    """Say how a picture of one's own became one like those of the run's data set."""
    return PREPARED[known_dataset(run)]


def drawn_picture(run: Run) -> Picture | None:
    """Return the drawing, as this run's model gets it, or None.

    Raises RunError for a drawing without ink.
    """
    return read_pad(run, st.session_state.get(DRAWING)) if _is_drawable(run) else None


def read_pad(run: Run, drawing: Any) -> Picture | None:
    """Return what a drawing pad has sent as this run's model gets it; None while it is empty.

    Raises RunError for a drawing without ink.
    """
    png = png_of(drawing)
    return None if png is None else _preprocessed(run, read_drawing(png), "Drawn")


def _is_drawable(run: Run) -> bool:
    """Whether a drawing can look like the run's images; a classifier may be asked all the same."""
    known = known_dataset(run)
    return known in DRAWABLE or (run.config.has("classifier") and known in FRAMES)


def usable_drawing(run: Run) -> Picture | None:
    """Return the drawing of the Draw view, if this run's model can take it."""
    try:
        return drawn_picture(run)
    except VAEError:  # the Draw view says what is wrong with it
        return None


def _uploaded(run: Run) -> Picture | None:
    st.file_uploader(
        "Image file",
        TYPES,
        key="picture_file",
        on_change=_store_upload,
        help="A photo or a scan, as PNG, JPEG, WebP, GIF or BMP; 16,384 pixels wide or high "
        "at most.",
    )
    uploaded = st.session_state.get(UPLOAD)
    if uploaded is not None and st.session_state.get("picture_file") is None:
        st.button(
            "Remove the picture",
            icon=":material/close:",
            help="Removes the picture that was uploaded before.",
            on_click=lambda: st.session_state.pop(UPLOAD, None),
        )
    if isinstance(uploaded, str):
        raise RunError(uploaded)
    return None if uploaded is None else _preprocessed(run, uploaded, "Uploaded")


def _store_upload() -> None:
    """Read a file once, when it comes: it stays when the uploader goes."""
    file = st.session_state.picture_file
    uploaded: Image.Image | str | None = None  # the error's words: itself it holds the picture
    if file is not None:
        try:
            uploaded = read_picture(file)
        except VAEError as error:
            uploaded = str(error)
    st.session_state[UPLOAD] = uploaded


def _preprocessed(run: Run, picture: Image.Image, name: str) -> Picture:
    """Treat a picture as the run's training images were."""
    frame = FRAMES.get(known_dataset(run))
    if frame is None:
        own = own_set_of(run)
        treatment = None if own is None else own.treatment
        image, before = fit_picture(picture, run.image_shape), None
        if treatment is not None:
            image = treated(picture, treatment)
    else:
        ink = _ink(picture)
        image, before = framed(ink, run.image_shape, frame), plainly_scaled(ink, run.image_shape)
    return Picture(run.preprocess(image[None])[0], before, name)


@st.cache_data(show_spinner=False, max_entries=8)
def _ink(picture: Image.Image) -> np.ndarray:
    """Return `ink_of` a picture, at each rerun of the page: the ground of a photo takes a while."""
    return ink_of(picture)


def _choose(run: Run) -> Picture:
    images, last = available_test_images(run), len(_test_labels(run)) - 1
    index = linked_number("image", "picture_index", 0, last, 0)
    persistent_number(
        "Test image", index, 0, last, name="picture_index", help="A number from 0 on."
    )
    if images is None and run.config.has("decoder"):
        st.caption("This is its reconstruction: the test image itself needs the data set.")
    elif images is None:
        st.caption(f"These {last + 1} come with the run: the others need the data set.")
    return _test_image(run, index)


def _example(run: Run) -> Picture:
    """Return the first test image; where an own one will be treated, nothing before it."""
    black = np.zeros(run.image_shape, np.uint8)
    try:
        example = _test_image(run, 0)
    except RunError:  # an imported run may have none
        example = Picture(black, None, "Nothing yet")
    before = black if known_dataset(run) in FRAMES else None
    return example._replace(before=before, is_own=False)


def _test_labels(run: Run) -> np.ndarray:
    """Return the classes of the test images that can be shown: (N,)."""
    if available_test_images(run) is None and not run.config.has("decoder"):
        return _carried_images(run)["labels"]
    return run.outputs["y"]


def _carried_images(run: Run) -> dict[str, np.ndarray]:
    """Return the test images and labels that a run's own folder holds: one of each class."""
    if not run.fixed:
        raise RunError("A test image needs the data set. Received: a run without its pictures")
    return run.fixed


def _test_image(run: Run, index: int) -> Picture:
    images = available_test_images(run)
    if images is None and run.config.has("decoder"):
        image = reconstructions(run, [index])[0]
    else:
        known = _carried_images(run)["images"] if images is None else images
        image = run.preprocess(known[: index + 1])[index]  # drawn as among all test images
    label = int(_test_labels(run)[index])
    return Picture(image, None, f"Test image {index}", index, label)
