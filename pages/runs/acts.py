"""What can be done with the selected runs: compare, name and tag them, delete them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from pages._shared.controlled import controlled_key, user_value
from pages._shared.run_menu import MENU_ERROR
from pages._shared.server import queue, store
from vae.errors import VAEError
from vae.runs.metadata import MAX_NAME, MAX_NOTE, MAX_TAG
from vae.runs.run import Run

__all__ = ["COMPARED", "show_acts"]

COMPARED = range(2, 9)  # how many runs can stand beside each other
OF_OTHERS = "None of these is yours to change."


def show_acts(selected: Sequence[Run], owner: str, every_tag: Iterable[str]) -> None:
    """Show the buttons for the selected runs. every_tag: that any run has, to choose from."""
    own = [run for run in selected if not run.shipped and queue().owns(run, owner)]
    st.markdown(f"**{len(selected):,}** selected")
    _offer_comparison(selected)
    _edit(own, owner, every_tag)
    st.button(
        "Delete",
        icon=":material/delete:",
        type="tertiary",
        disabled=not own,
        help="You can undo this for ten minutes." if own else OF_OTHERS,
        on_click=_delete,
        args=([run.id for run in own], owner),
    )


def _offer_comparison(selected: Sequence[Run]) -> None:
    if st.button(
        "Compare",
        icon=":material/compare_arrows:",
        type="tertiary",
        disabled=len(selected) not in COMPARED,
        help=f"Beside each other: {COMPARED[0]} to {COMPARED[-1]} runs.",
    ):
        # No folder's name has a slash.
        ids = "/".join(run.id for run in selected)
        st.switch_page("runs/page.py", query_params={"view": "compare", "with": ids})


def _edit(own: Sequence[Run], owner: str, every_tag: Iterable[str]) -> None:
    """Show the fields of what the runs' owner says of them."""
    ids = [run.id for run in own]
    with st.popover(
        "Edit",
        icon=":material/edit:",
        disabled=not own,
        help="Name, tags and note." if own else OF_OTHERS,
        key="runs-edit",
        type="tertiary",
    ):
        if len(own) == 1:
            name, note = f"runs-name-{ids[0]}", f"runs-note-{ids[0]}"
            st.text_input(
                "Name",
                key=controlled_key(name, own[0].metadata.name),
                max_chars=MAX_NAME,
                on_change=_rename,
                args=(name, ids[0], owner),
            )
        tags = own[0].metadata.tags if own else ()
        common = [tag for tag in tags if all(tag in run.metadata.tags for run in own)]
        field = "runs-tags-" + "-".join(ids)
        st.multiselect(
            "Tags" if len(own) < 2 else f"Tags of all {len(own)}",
            list(dict.fromkeys([*common, *every_tag])),
            key=controlled_key(field, common),
            accept_new_options=True,
            placeholder="Choose or type one",
            help=f"Of up to {MAX_TAG} letters. Tags are words to search and filter by.",
            on_change=_tag,
            args=(field, ids, common, owner),
        )
        if len(own) == 1:
            st.text_area(
                "Note",
                key=controlled_key(note, own[0].metadata.note),
                max_chars=MAX_NOTE,
                on_change=_note,
                args=(note, ids[0], owner),
            )


def _rename(field: str, run_id: str, owner: str) -> None:
    _for_each([run_id], lambda run: queue().rename(run, user_value(field), owner))


def _note(field: str, run_id: str, owner: str) -> None:
    _for_each([run_id], lambda run: queue().annotate(run, owner, note=user_value(field)))


def _tag(field: str, ids: Sequence[str], before: Sequence[str], owner: str) -> None:
    """Add to each run the tags that came, and take away those that went; others it keeps."""
    after = user_value(field)
    gone = {*before} - {*after}

    def change(run: Run) -> None:
        tags = [tag for tag in run.metadata.tags if tag not in gone]
        queue().annotate(run, owner, tags=[*tags, *after])

    _for_each(ids, change)


def _delete(ids: Sequence[str], owner: str) -> None:
    deleted = {run.id for run in queue().deleted(owner)}  # by the first click of a double one
    _for_each([each for each in ids if each not in deleted], lambda run: queue().delete(run, owner))
    if st.session_state.get("chosen_run") in ids:
        del st.session_state.chosen_run


def _for_each(ids: Iterable[str], act: Callable[[Run], None]) -> None:
    """Do something with each run; what cannot be done is said by the next script run."""
    for run_id in ids:
        try:
            act(store().open(run_id))
        except VAEError as error:
            st.session_state[MENU_ERROR] = str(error)
