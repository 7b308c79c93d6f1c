"""Add your own: from a visitor's pictures to a data set, seen before anything is stored."""

from __future__ import annotations

from typing import Literal, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.guard import explained
from pages._shared.persistent import persistent
from pages._shared.stable_position import stable_position
from pages._shared.wide_layout import wrapping_columns
from pages.data.new_set import offer
from pages.data.preview import show_pairs, show_refused
from pages.data.reading import is_read, read_all, read_contents, read_sample
from pages.data.uploads import Upload, choose_upload
from pages.data.whole_set import WholeSet
from vae.data.importing.contents import ArrayChoice, ArrayInfo, Contents, Refusal
from vae.data.importing.treatment import LARGEST, SMALLEST, Treatment, proposed
from vae.environment import is_public, storage_limits

__all__ = ["show_add"]

AT_ONCE = 3000  # pictures that are read without a click: a second or two
ASKED = "own_asked"  # in the session: of which pictures Read all or Cancel was pressed
SIZES = (8, 16, 28, 32, 48, 64)
COLORS = {"Grey": False, "Colour": True}
FITS: dict[str, Literal["crop", "pad"]] = {"Crop": "crop", "Pad": "pad"}
INVERTS: dict[str, Literal["auto", "yes", "no"]] = {
    "Automatic": "auto",
    "Yes": "yes",
    "No": "no",
}


class _Chosen(NamedTuple):
    """What came and what is to be done with it. refused: files that are no picture, so far."""

    upload: Upload
    pictures: int
    treatment: Treatment
    arrays: ArrayChoice | None
    refused: tuple[Refusal, ...]

    @property
    def order(self) -> tuple[Upload, Treatment, ArrayChoice | None]:
        """What is read, and how."""
        return self.upload, self.treatment, self.arrays

    @property
    def key(self) -> object:
        """What differs where something else is read, or in another way."""
        return self.upload.key, self.treatment, self.arrays


def show_add() -> None:
    """Show where pictures come from, what becomes of them, and the button that adds them."""
    st.markdown(
        "Bring pictures of your own: they become a data set like the others, on all pages. "
        + _whose()
    )
    form, preview = wrapping_columns([1, 1.3], key="add-own")
    chosen = None
    with form, stable_position(), explained():
        chosen = _choose()
    if chosen is not None:
        with preview, explained():
            _preview(chosen)


def _choose() -> _Chosen | None:
    """Show where pictures come from and what is done with them; None while there are none."""
    upload = choose_upload()
    if upload is None:
        return None
    contents = read_contents(upload, None)
    arrays = _choose_arrays(contents.arrays) if _is_unclear(contents) else None
    if arrays is not None:
        contents = read_contents(upload, arrays)
    first = read_sample(upload, Treatment(), arrays)
    treatment = _choose_treatment(proposed(first.sizes, first.channels))
    return _Chosen(upload, contents.count, treatment, arrays, contents.refused)


def _whose() -> str:
    """Say who sees them, and for how long."""
    if not is_public():
        return "They stay on this machine."
    days = storage_limits().keep_days
    kept = f" It is deleted {days:g} days after it was last used." if days else ""
    return (
        f"Only you, in this browser, see the data set.{kept} A run of it that you share by its "
        "link shows some of the pictures."
    )


def _is_unclear(contents: Contents) -> bool:
    """Whether the names of a file's arrays do not say which are images and which labels."""
    without_labels = len(contents.classes) == 1 and not contents.test_count
    return not contents.count or (len(contents.arrays) > 1 and without_labels)


def _choose_arrays(infos: tuple[ArrayInfo, ...]) -> ArrayChoice | None:
    """Let a file's arrays be picked, since their names do not say what they are."""
    large = [info.name for info in infos if len(info.shape) >= 2]
    if not large:
        return None
    flat = [info.name for info in infos if len(info.shape) in (1, 2)]
    images = st.selectbox("Array of the images", large, key="own_images_array")
    labels = st.selectbox("Array of the labels", ["none", *flat], key="own_labels_array")
    return ArrayChoice(images, None if labels == "none" else labels)


def _choose_treatment(first: Treatment) -> Treatment:
    """Show what is done with each picture, and return it. first: what suits these pictures."""
    state = st.session_state
    size = state.get("own_size", first.size)
    color = state.get("own_color", "Colour" if first.color else "Grey")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.select_slider(
            "Size",
            sorted({*SIZES, first.size, size}),
            format_func=lambda side: f"{side} × {side}",
            help=f"Pixels of each image, {SMALLEST} to {LARGEST}. Larger ones take longer.",
            **persistent("own_size", size),
        )
        st.segmented_control(
            "Channels",
            list(COLORS),
            required=True,
            help="Colour has three numbers a pixel, and takes longer to learn.",
            **persistent("own_color", color),
        )
    fit, invert = state.get("own_fit", "Crop"), state.get("own_invert", "Automatic")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Not square",
            list(FITS),
            required=True,
            help="Crop keeps the middle of a picture. Pad keeps all of it, with a border.",
            **persistent("own_fit", fit),
        )
        st.segmented_control(
            "Invert",
            list(INVERTS),
            required=True,
            help="Networks learn bright shapes on a dark ground best. Automatic inverts grey "
            "pictures that are dark on a bright ground.",
            **persistent("own_invert", invert),
        )
    paper = st.toggle(
        "Photographs of drawings",
        help="Takes the ink alone, white on black: uneven light, shadows and ruled lines go. Takes "
        "a fifth of a second a picture.",
        **persistent("own_paper", state.get("own_paper", False)),
    )
    return Treatment(size, COLORS[color], FITS[fit], INVERTS[invert], paper)


def _preview(chosen: _Chosen) -> None:
    """Show pictures before and after, what hurts, and the button; read all that there are."""
    st.subheader("As the network sees them")
    show_pairs(read_sample(*chosen.order))
    whole = None
    with stable_position():
        key = chosen.key
        # What was asked for last: these pictures, or none of them.
        asked, wanted = st.session_state.get(ASKED, (None, False))
        if is_read(*chosen.order) or (wanted if asked == key else chosen.pictures <= AT_ONCE):
            whole = _read_whole(chosen)
        else:
            st.button(
                f"Read all {chosen.pictures:,} pictures",
                type="primary",
                help="Shows the classes, and what will hurt, before anything is stored.",
                on_click=_ask,
                args=(key, True),
            )
    show_refused(chosen.refused if whole is None else whole.imported.refused)
    if whole is not None:
        offer(chosen.upload, whole)


def _read_whole(chosen: _Chosen) -> WholeSet:
    """Read all pictures; Cancel, or a click on anything else, begins the page anew meanwhile."""
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.empty()
        _show_part(bar, 0.0)
        st.button("Cancel", key="own_cancel", on_click=_ask, args=(chosen.key, False))
    found = read_all(*chosen.order, lambda part: _show_part(bar, part))
    place.empty()
    return found


def _show_part(bar: DeltaGenerator, part: float) -> None:
    bar.progress(part, text=f"Reading the pictures: {part:.0%}")


def _ask(key: object, wanted: bool) -> None:
    st.session_state[ASKED] = key, wanted
