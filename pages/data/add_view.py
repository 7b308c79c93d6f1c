"""Add your own: from a visitor's pictures to a data set, seen before anything is stored."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.guard import explained, show_error
from pages._shared.persistent import persistent
from pages._shared.stable_position import stable_position
from pages._shared.visitors import visitor
from pages._shared.wide_layout import wrapping_columns
from pages.data.preview import show_counts, show_findings, show_pairs, show_refused
from pages.data.reading import forget_read, is_read, read_all, read_contents, read_sample
from pages.data.uploads import Upload, choose_upload, forget_uploads
from vae.data.datasets import Dataset
from vae.data.health import health
from vae.data.importing.contents import ArrayChoice, ArrayInfo, Contents, Imported
from vae.data.importing.treatment import LARGEST, SMALLEST, Treatment, proposed
from vae.data.own_set_changes import MAX_NOTE, add_own, check_new_name
from vae.environment import is_public, storage_limits
from vae.errors import DatasetError

__all__ = ["ADDED", "show_add"]

AT_ONCE = 3000  # pictures that are read without a click: a second or two
CANCELLED = "own_cancelled"  # in the session: which reading was
ADDED = "own_added"  # in the session: the name of a set that was just added
SIZES = (8, 16, 28, 32, 48, 64)
COLORS = {"Grey": False, "Colour": True}
FITS: dict[str, Literal["crop", "pad"]] = {"Crop": "crop", "Pad": "pad"}
INVERTS: dict[str, Literal["auto", "yes", "no"]] = {
    "Automatic": "auto",
    "Yes": "yes",
    "No": "no",
}


def show_add() -> None:
    """Show where pictures come from, what becomes of them, and the button that adds them."""
    st.markdown(
        "Bring pictures of your own: they become a data set like the others, on all pages. "
        + _whose()
    )
    form, preview = wrapping_columns([1, 1.3], key="add-own")
    with form, stable_position(), explained():
        upload = choose_upload()
        if upload is None:
            return
        contents = read_contents(upload, None)
        arrays = _choose_arrays(contents.arrays)
        if arrays is not None:
            contents = read_contents(upload, arrays)
        first = read_sample(upload, Treatment(), arrays)
        treatment = _choose_treatment(proposed(first.sizes, first.channels))
    if upload is None:
        return
    with preview, explained():
        _preview(upload, contents, treatment, arrays)


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


def _choose_arrays(infos: tuple[ArrayInfo, ...]) -> ArrayChoice | None:
    """Let a file's arrays be picked, where their names or shapes leave a choice."""
    large = [info.name for info in infos if len(info.shape) >= 2]
    flat = [info.name for info in infos if len(info.shape) <= 2 and info.shape]
    if len(large) < 2 or {"x_train", "x_test"} <= {*large}:
        return None
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
    return Treatment(size, COLORS[color], FITS[fit], INVERTS[invert])


def _preview(
    upload: Upload, contents: Contents, treatment: Treatment, arrays: ArrayChoice | None
) -> None:
    """Show pictures before and after, what hurts, and the button; read all that there are."""
    sample = read_sample(upload, treatment, arrays)
    st.subheader("As the network sees them")
    show_pairs(sample)
    whole = None
    with stable_position():
        key, state = (upload.key, treatment), st.session_state
        if (state.get(CANCELLED) != key and contents.count <= AT_ONCE) or is_read(
            upload, treatment, arrays
        ):
            whole = _read_whole(upload, treatment, arrays)
        elif st.button(
            f"Read all {contents.count:,} pictures",
            type="primary",
            help="Shows the classes, and what will hurt, before anything is stored.",
        ):
            _read_whole(upload, treatment, arrays)
            st.rerun()
    if whole is None:
        show_refused(contents.refused)
        return
    show_refused(whole.refused)
    _offer(upload, whole)


def _read_whole(upload: Upload, treatment: Treatment, arrays: ArrayChoice | None) -> Imported:
    """Read all pictures; Cancel, or a click on anything else, begins the page anew meanwhile."""
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.empty()
        st.button("Cancel", key="own_cancel", on_click=_cancel, args=((upload.key, treatment),))
    found = read_all(upload, treatment, arrays, lambda part: _show_part(bar, part))
    place.empty()
    return found


def _show_part(bar: DeltaGenerator, part: float) -> None:
    bar.progress(part, text=f"Reading the pictures: {part:.0%}")


def _cancel(key: object) -> None:
    st.session_state[CANCELLED] = key


def _offer(upload: Upload, whole: Imported) -> None:
    """Show what the data set would be, ask for its name and add it."""
    state = st.session_state
    name = st.text_input(
        "Name",
        value=_name_of(upload.name),
        max_chars=64,
        key=f"own_name-{upload.key[0]}",
        help="Letters, digits, spaces, '_', '-', '.', '+'. Python and the command line know the "
        "data set by it.",
    )
    with explained():
        dataset = _dataset(upload, whole, name or "my pictures")
        show_counts(dataset, whole)
        show_findings(_health(dataset, whole))
        note = st.text_input(
            "Description",
            max_chars=MAX_NOTE,
            key=f"own_note-{upload.key[0]}",
            placeholder="Where the pictures come from",
        )
        check_new_name(dataset.name)
        if st.button("Add this data set", type="primary", icon=":material/add:", key="own_add"):
            try:
                own = add_own(dataset, note=note or "", owner=visitor())
            except DatasetError as error:
                show_error(error)
                return
            forget_uploads()
            forget_read()
            state[ADDED] = state.dataset = own.name
            state.data_view = "Images"
            st.rerun()


def _dataset(upload: Upload, whole: Imported, name: str) -> Dataset:
    return Dataset.from_arrays(
        name,
        whole.images,
        whole.labels,
        class_names=whole.class_names,
        is_test=whole.test,
        source=", ".join(list(upload.files)[:3])[:200],
    )


def _health(dataset: Dataset, whole: Imported) -> list[str]:
    """Return `health`, measured once for the same images."""
    known = st.session_state.get("own_health")
    if known is None or known[0] is not whole.images:
        with st.spinner("Looking for copies, blanks and uneven classes…"):
            known = st.session_state.own_health = (whole.images, health(dataset))
    return known[1]


def _name_of(text: str) -> str:
    """Return a name that a data set can have, as near to a file's as possible."""
    kept = "".join(each if each.isalnum() or each in "_ .+-" else " " for each in text)
    return " ".join(kept.split()).lstrip("_ .+-")[:64].strip() or "my pictures"
