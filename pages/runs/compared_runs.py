"""The runs that are compared: two to eight, chosen by their names, and in the address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.address import set_parameter, take_parameter
from pages._shared.guard import show_wrong_link
from pages._shared.persistent import persistent
from pages._shared.run_picker import chosen_run, label, listed_runs
from pages._shared.server import store
from pages._shared.stable_position import stable_position
from pages._shared.visitors import visitor
from vae.errors import RunError
from vae.evaluation.comparison import of_one_kind
from vae.runs.run import Run

__all__ = ["MAX_RUNS", "address_of_runs", "choose_runs"]

MAX_RUNS = 8
CHOSEN = "compared_runs"  # in the session: their ids
BETWEEN = "/"  # ids in the address: a folder's name may have any other sign


def address_of_runs(runs: Iterable[Run]) -> str:
    """Return what an address says of the runs that are compared."""
    return BETWEEN.join(run.id for run in runs)


def choose_runs(top: DeltaGenerator) -> list[Run]:
    """Show in `top` what opens the choice of the compared runs; return them, perhaps fewer than 2.

    Those that a link names may be runs that the visitor could not list. One that it names alone
    gets another beside it, and so does the chosen one at first.
    """
    owner, state = visitor(), st.session_state
    there = listed_runs(store().list(), owner)
    with stable_position():
        linked = take_parameter("with")
        if linked is not None:
            state[CHOSEN] = _follow(linked)
    for run_id in _ids(state.get(CHOSEN)):  # a run that was opened by its link is in no list
        if run_id not in there and (run := _open(run_id)) is not None:
            there[run.id] = run
    chosen = [run_id for run_id in _ids(state.get(CHOSEN)) if run_id in there]
    if CHOSEN not in state or (linked is not None and len(chosen) < 2):
        chosen = state[CHOSEN] = _completed(chosen, there)
    with top.popover(
        f"Runs ({len(chosen)})", icon=":material/checklist:", help="Chooses two to eight runs."
    ):
        st.multiselect(
            "Runs to compare",
            list(there),
            format_func=lambda run_id: label(there[run_id], owner),
            max_selections=MAX_RUNS,
            placeholder="Choose two to eight runs",
            help="Two to eight runs. Acts at once, and the link remembers them.",
            **persistent(CHOSEN, chosen),
        )
    runs = [there[run_id] for run_id in chosen]
    if runs:
        set_parameter("with", address_of_runs(runs))
    with stable_position():
        if len(there) < 2:
            st.info("To compare, there must be two runs: train one on the Train page.")
        elif len(runs) < 2:
            st.info("Choose two to eight runs: press Runs.", icon=":material/info:")
    return runs


def _follow(text: str) -> list[str]:
    """Return the ids that a link names and that are runs, and say which are none."""
    wanted = [*dict.fromkeys(filter(None, text.split(BETWEEN)))]
    found = []
    for run_id in wanted[:MAX_RUNS]:
        try:
            found.append(store().open(run_id).id)
        except RunError as error:
            show_wrong_link(f"{error}. It is left out.")
    if len(wanted) > MAX_RUNS:
        show_wrong_link(
            f"At most {MAX_RUNS} runs are compared: the first ones are shown. "
            f"Received: {len(wanted)}"
        )
    return [*dict.fromkeys(found)]


def _ids(stored: object) -> list[str]:
    """Return what the session has stored, as far as it may be ids."""
    return [each for each in stored if isinstance(each, str)] if isinstance(stored, list) else []


def _open(run_id: str) -> Run | None:
    try:
        return store().open(run_id)
    except RunError:  # deleted meanwhile
        return None


def _completed(chosen: Sequence[str], there: dict[str, Run]) -> list[str]:
    """Return two runs: those that are given first, then the chosen one, then what shows most."""
    first = there[chosen[0]] if chosen else chosen_run()
    if first is None or first.id not in there:
        first = next(iter(there.values()), None)
    if first is None:
        return []
    others = [run for run in there.values() if run.id != first.id]
    return [first.id, *(run.id for run in [_beside(first, others)] if run is not None)]


def _beside(run: Run, others: Sequence[Run]) -> Run | None:
    """Return the first on the same data set with a model, of the other kind where there is one."""
    return min(
        others,
        key=lambda other: (
            not other.has_model,
            other.dataset != run.dataset,
            not other.config.has("encoder"),
            of_one_kind(other, run),
        ),
        default=None,
    )
