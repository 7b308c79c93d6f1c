"""What can be done with a whole run: name it, take it away, bring one in, delete it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import BinaryIO

import streamlit as st

from pages._shared.guard import show_error
from pages._shared.once import Once
from pages._shared.plain import plain
from pages._shared.server import queue, store
from pages._shared.stable_position import stable_position
from vae.archive.foreign_zip import MAX_BYTES
from vae.archive.zip_export import export_zip
from vae.environment import is_public, storage_limits
from vae.errors import VAEError
from vae.runs.metadata import MAX_NAME
from vae.runs.provenance import public_name
from vae.runs.run import Run
from vae.runs.storage import expiry_date

__all__ = ["MENU_ERROR", "offer_undo", "run_menu", "show_menu_error"]

TEXT_PIXELS = 290  # the menu is as wide as its longest line
MAX_PUBLIC_MEGABYTES = 25  # several visitors may send one at the same moment
MAX_UNDO = 20  # runs that have a button each
MENU_ERROR = "run_menu_error"  # in the session: of a callback, which runs before the page
# Said where strangers share the server.
LINK_GIVES = "view, continue, pause and stop it, change its settings and download it."
OWN_LINK = (
    f"The address of this page is the run's link. Who has it can {LINK_GIVES} Only you, in this "
    "browser, can name and delete it."
)
OTHERS_LINK = (
    f"Another visitor's run, opened by its link: you can {LINK_GIVES} Only its owner can name and "
    "delete it."
)
NOBODYS_LINK = (
    f"A run without an owner, opened by its link: you can {LINK_GIVES} Nobody can name or delete "
    "it here."
)


def run_menu(run: Run, owner: str, choose: Callable[[Run], None], left_out: dict[str, str]) -> None:
    """Show a small menu for the chosen run; `choose` chooses another one.

    left_out: why folders of the store are not among its runs, by their names.
    """
    own = not run.shipped and queue().owns(run, owner)
    with st.popover(
        "Run menu",  # unseen
        icon=":material/more_horiz:",
        help="Name, download, import or delete a run.",
        # Another run has another menu, which is closed: nobody deletes it by a second click.
        key=f"menu-{run.id}",
    ):
        if own:
            _show_name(run, owner)
        st.download_button(
            "Download as zip",
            data=lambda: export_zip(store().open(run.id)),
            file_name=f"{public_name(run)}.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
            help="The whole run: model, curves, pictures and all that is needed to continue it.",
        )
        _show_import(owner, choose)
        _show_retention(run)
        _show_left_out(left_out)
        if own:
            st.button(
                "Delete this run",
                icon=":material/delete:",
                key=f"delete-{run.id}",
                width="stretch",
                help="You can undo this for ten minutes.",
                on_click=_delete,
                args=(run.id, owner),
            )
        if is_public() and not run.shipped:
            others = OTHERS_LINK if run.metadata.owner else NOBODYS_LINK
            st.caption(OWN_LINK if own else others)


def _show_name(run: Run, owner: str) -> None:
    st.text_input(
        "Name of this run",
        value=run.metadata.name,
        max_chars=MAX_NAME,
        key=f"name-{run.id}",
        help="Shown in the list of runs. Acts at once.",
        on_change=_rename,
        args=(run.id, owner),
    )


def _show_import(owner: str, choose: Callable[[Run], None]) -> None:
    uploaded = st.file_uploader(
        "Import a run",
        type="zip",
        key=f"import-{st.session_state.get('imports', 0)}",
        help="A zip that VAE Lab made: it becomes a run of yours.",
        max_upload_size=MAX_PUBLIC_MEGABYTES if is_public() else MAX_BYTES // 1_000_000,
        on_change=_upload,
    )
    if uploaded is not None:
        _import(uploaded, owner, choose)


def _show_retention(run: Run) -> None:
    """Say until when runs are kept, where that is not for ever."""
    if run.shipped or not (words := storage_limits().in_words()):
        return
    until = expiry_date(run)
    if until is not None:
        words = f"Kept until {until.day} {until:%B %Y}, then until its space is needed."
        if not run.metadata.owner:
            words = "This run has no owner: it is deleted when its space is needed."
    st.caption(f"{words} Download it to keep it.", width=TEXT_PIXELS)


def _show_left_out(left_out: dict[str, str]) -> None:
    """Name folders that hold a run and are not in the list, on one's own machine."""
    if is_public():  # whoever knows a name can open that run
        return
    for name, reason in left_out.items():
        shown = name.encode(errors="replace").decode()  # perhaps the name is no text
        st.caption(
            f"Not in the list: {plain(shown)}",
            help=plain(reason),
            width=TEXT_PIXELS,
        )


def show_menu_error() -> None:
    """Show why the run could not be renamed or deleted, once."""
    with stable_position():
        if error := st.session_state.pop(MENU_ERROR, None):
            show_error(error)


def offer_undo(deleted: list[Run], owner: str, choose: Callable[[Run], None]) -> None:
    """Show a button for each of the deleted runs that are this visitor's: it brings it back."""
    own = [run for run in deleted if queue().owns(run, owner)]
    with stable_position():
        if own:
            _undo_buttons(own, owner, choose)


def _undo_buttons(own: list[Run], owner: str, choose: Callable[[Run], None]) -> None:
    last, *others = own
    with st.container(horizontal=True, vertical_alignment="center", key="undo"):
        st.markdown(":material/delete: Deleted. You can undo this for 10 minutes:")
        _undo_button(last, owner, choose)
        if others:
            st.button(
                f"Bring back all {len(own)}",
                icon=":material/undo:",
                on_click=_undelete,
                args=([run.id for run in own], owner),
            )
            with st.popover(f"{len(others)} more", help="Runs that were deleted earlier."):
                for run in others[:MAX_UNDO]:
                    _undo_button(run, owner, choose)


def _undo_button(run: Run, owner: str, choose: Callable[[Run], None]) -> None:
    if st.button(
        f"Undo: {plain(public_name(run))}",
        icon=":material/undo:",
        key=f"undo-{run.id}",
        help="Brings the run back as it was.",
    ):
        try:
            choose(queue().undelete(run.id, owner))
        except VAEError:
            # The first click of a double one may be at work in a thread of its own.
            if run.id in _deleted_ids(owner):
                raise
        st.rerun()


def _undelete(ids: list[str], owner: str) -> None:
    for run_id in ids:
        with contextlib.suppress(VAEError):  # brought back meanwhile, or its time is over
            queue().undelete(run_id, owner)


def _rename(run_id: str, owner: str) -> None:
    try:
        queue().rename(store().open(run_id), st.session_state[f"name-{run_id}"], owner)
    except VAEError as error:
        st.session_state[MENU_ERROR] = str(error)


def _delete(run_id: str, owner: str) -> None:
    # Tried first and asked afterwards: the two clicks of a double one run beside each other.
    try:
        queue().delete(store().open(run_id), owner)
    except VAEError as error:
        if run_id not in _deleted_ids(owner):
            st.session_state[MENU_ERROR] = str(error)
            return
    st.session_state.pop("chosen_run", None)


def _deleted_ids(owner: str) -> list[str]:
    return [run.id for run in queue().deleted(owner)]


def _upload() -> None:
    st.session_state.upload = Once[Run]()


def _import(file: BinaryIO, owner: str, choose: Callable[[Run], None]) -> None:
    upload: Once[Run] = st.session_state.upload
    run_queue = queue()
    try:
        run = upload(lambda: run_queue.import_run(file, owner))
    except VAEError as error:
        show_error(error)
        return
    choose(run)
    # The uploader is another one from now on, so that it is empty.
    st.session_state.imports = st.session_state.get("imports", 0) + 1
    st.rerun()
