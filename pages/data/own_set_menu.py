"""What can be done with a data set of one's own: rename, describe, download, delete."""

from __future__ import annotations

import streamlit as st

from pages._shared.guard import show_error
from pages._shared.plain import plain
from pages._shared.server import store
from pages._shared.stable_position import stable_position
from vae.data.own_set_changes import MAX_NOTE, remove_own, update_own
from vae.data.own_sets import OwnSet
from vae.errors import VAEError
from vae.runs.run_images import runs_of

__all__ = ["own_set_menu", "show_description"]

ERROR = "own_set_error"  # in the session: of a callback, which runs before the page
MAX_NAMED = 5


def own_set_menu(own: OwnSet) -> None:
    """Show a menu for a data set of one's own."""
    with st.popover(
        "Edit",
        icon=":material/edit:",
        key=f"own-{own.fingerprint}",
        help="Rename, describe, download or delete it.",
    ):
        _show_fields(own)
        st.download_button(
            "Download",
            data=own.path.read_bytes,
            file_name=f"{own.name}.npz",
            mime="application/octet-stream",
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
            help="An NPZ file: NumPy opens it, and “Add your own” takes it back.",
        )
        _show_delete(own)


def show_description(own: OwnSet) -> None:
    """Show what its owner says of a data set, how long it is kept, and why a change failed."""
    with stable_position():
        if error := st.session_state.pop(ERROR, None):
            show_error(error)
        until = own.expires
        kept = f"Kept until {until.day} {until:%B %Y}, longer where it is used." if until else ""
        if words := " ".join(filter(None, (plain(own.note), kept))):
            st.caption(words)


def _show_fields(own: OwnSet) -> None:
    for field, label, longest in (("name", "Name", 64), ("note", "Description", MAX_NOTE)):
        key = f"own-{field}-{own.fingerprint}"
        st.text_input(
            label,
            value=getattr(own, field),
            max_chars=longest,
            key=key,
            on_change=_change,
            args=(own, field, key),
            help="Acts at once. Runs that learned these images keep them.",
        )


def _show_delete(own: OwnSet) -> None:
    sure = st.checkbox("Delete it for good", key=f"own-sure-{own.fingerprint}")
    if sure and (runs := runs_of(own, store())):
        named = ", ".join(run.metadata.name or run.id for run in runs[:MAX_NAMED])
        more = f" and {len(runs) - MAX_NAMED} more" if len(runs) > MAX_NAMED else ""
        st.caption(
            f"Without these images, runs cannot be continued or measured: {plain(named)}{more}."
        )
    st.button(
        "Delete this data set",
        icon=":material/delete:",
        width="stretch",
        disabled=not sure,
        on_click=_delete,
        args=(own,),
    )


def _change(own: OwnSet, field: str, key: str) -> None:
    value = st.session_state[key]
    try:
        changed = update_own(own, name=value) if field == "name" else update_own(own, note=value)
    except VAEError as error:
        st.session_state[ERROR] = str(error)
        st.session_state[key] = getattr(own, field)
        return
    st.session_state.dataset = changed.name


def _delete(own: OwnSet) -> None:
    try:
        remove_own(own)
    except VAEError as error:
        st.session_state[ERROR] = str(error)
        return
    st.session_state.pop("dataset", None)
