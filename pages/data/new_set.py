"""The last step of one's own data set: what it would be, its name, and the button that adds it."""

from __future__ import annotations

import streamlit as st

from pages._shared.guard import explained, show_error
from pages._shared.visitors import visitor
from pages.data.preview import show_counts, show_findings
from pages.data.reading import forget_read
from pages.data.uploads import Upload, forget_uploads
from pages.data.whole_set import WholeSet
from vae.data.own_set_changes import MAX_NOTE, add_own, check_new_name, free_name
from vae.errors import DatasetError

__all__ = ["ADDED", "offer"]

ADDED = "own_added"  # in the session: the name of a set that was just added


def offer(upload: Upload, whole: WholeSet) -> None:
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
        dataset = whole.dataset(name or "my pictures")
        show_counts(dataset, whole.imported)
        with st.spinner("Looking for copies, blanks and uneven classes…"):
            show_findings(whole.findings())
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
