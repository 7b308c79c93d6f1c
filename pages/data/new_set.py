"""The last step of one's own data set: what it would be, its name, and the button that adds it."""

from __future__ import annotations

import streamlit as st

from pages._shared.guard import explained, show_error
from pages._shared.page_memory import page_memory
from pages._shared.visitors import visitor
from pages.data.preview import show_counts, show_findings
from pages.data.reading import PAGE, forget_read
from pages.data.uploads import Upload, forget_uploads
from vae.data.datasets import Dataset
from vae.data.health import health
from vae.data.importing.contents import Imported
from vae.data.own_set_changes import MAX_NOTE, add_own, check_new_name, free_name
from vae.errors import DatasetError

__all__ = ["ADDED", "offer"]

ADDED = "own_added"  # in the session: the name of a set that was just added


def offer(upload: Upload, whole: Imported) -> None:
    """Show what the data set would be, ask for its name and add it."""
    state = st.session_state
    name = st.text_input(
        "Name",
        value=free_name(upload.name),
        max_chars=64,
        key=f"own_name-{upload.key[0]}",
        help="Letters, digits, spaces, '_', '-', '.', '+'. Python and the command line know the "
        "data set by it.",
    )
    with explained():
        check_new_name(name or "my pictures")
        dataset = _dataset(upload, whole, name or "my pictures")
        show_counts(dataset, whole)
        show_findings(_health(dataset, whole))
        note = st.text_input(
            "Description",
            max_chars=MAX_NOTE,
            key=f"own_note-{upload.key[0]}",
            placeholder="Where the pictures come from",
        )
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
    memory = page_memory(PAGE)
    if "health" not in memory or memory["health"][0] is not whole.images:
        with st.spinner("Looking for copies, blanks and uneven classes…"):
            memory["health"] = whole.images, health(dataset)
    return memory["health"][1]
