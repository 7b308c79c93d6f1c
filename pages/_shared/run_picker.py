"""The run picker on every page: the chosen run is in the address bar."""

from __future__ import annotations

import contextlib

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.address import set_parameter, take_parameter
from pages._shared.controlled import controlled_key, user_value
from pages._shared.guard import show_wrong_link
from pages._shared.run_faults import show_run_faults
from pages._shared.run_menu import offer_undo, run_menu, show_menu_error
from pages._shared.server import store
from pages._shared.stable_position import stable_position
from pages._shared.visitors import note_presence, visitor
from vae.environment import is_public
from vae.errors import RunError
from vae.evaluation.comparison import cost_in_words
from vae.presets import preset_label
from vae.runs.run import ACTIVE_STATES, Run
from vae.runs.run_images import dataset_title

__all__ = [
    "choose_run",
    "chosen_run",
    "follow_address",
    "label",
    "listed_runs",
    "run_picker",
    "visible_runs",
]

STATE_WORDS = {
    "queued": "queued",
    "starting": "starting",
    "training": "training",
    "paused": "paused",
    "stopped": "stopped",
    "diverged": "diverged",
    "failed": "failed",
    "interrupted": "interrupted",
}


def chosen_run() -> Run | None:
    """Return the run that this visitor has chosen."""
    run_id = st.session_state.get("chosen_run")
    return store().open(run_id) if run_id else None


def choose_run(run: Run) -> None:
    """Choose this run, from the next script run on."""
    st.session_state.chosen_run = run.id


def run_picker(header: DeltaGenerator, *, is_shown: bool = True) -> Run | None:
    """Show the picker in the page's header and return the chosen run.

    The address names it, and chooses when it is opened. is_shown: without it there is no picker,
    and no run, as on a page with runs of its own; that the browser is connected is noted.
    """
    owner, contents = visitor(), store().read()
    runs = listed_runs(contents.runs, owner)
    follow_address("run", runs, instead=" Shown instead: the run below." if runs else "")
    if st.session_state.get("chosen_run") not in runs:
        st.session_state.chosen_run = next(iter(runs), None)
    note_presence(owner, st.session_state.chosen_run)
    if not is_shown:
        return None
    run = None
    if runs:
        with header:
            run = _select(runs, owner, contents.left_out)
        set_parameter("run", run.id)
    with stable_position():
        if not runs:
            st.info("No runs yet: train one on the Train page.", icon=":material/info:")
    show_menu_error()
    offer_undo(contents.deleted, owner, choose_run)
    show_run_faults(run)
    return run


def listed_runs(runs: list[Run], owner: str) -> dict[str, Run]:
    """Return by id those of a store's runs that a visitor may list, and the chosen one."""
    visible = visible_runs(runs, owner, st.session_state.get("chosen_run"))
    listed = {run.id: run for run in visible}
    _add_unlisted(listed)
    return listed


def _add_unlisted(runs: dict[str, Run]) -> None:
    """Add the chosen run to those that there are to choose from, if it is in no list."""
    chosen = st.session_state.get("chosen_run")
    if chosen and chosen not in runs:
        with contextlib.suppress(RunError):  # deleted meanwhile
            run = store().open(chosen)
            if run.shipped:
                runs[chosen] = run


def _select(runs: dict[str, Run], owner: str, left_out: dict[str, str]) -> Run:
    with st.container(horizontal=True, vertical_alignment="center"):
        # Alone, since the one that replaces it hides it only where it stands right beside it.
        with st.container():
            selected_id = st.selectbox(
                "Run",
                list(runs),
                # A widget's own value is dropped when it is not shown: the choice lives beside it.
                key=controlled_key("run_picker", st.session_state.chosen_run),
                format_func=lambda run_id: label(runs[run_id], owner),
                label_visibility="collapsed",
                help="Built-in models and your own runs: every page shows the one chosen here.",
                on_change=_store_choice,
            )
        run_menu(runs[selected_id], owner, choose_run, left_out)
    return runs[selected_id]


def label(run: Run, visitor_owner: str) -> str:
    """Return name, data set, preset, how good it is, and whose it is.

    It is no Markdown: a select box shows its options as they are.
    """
    title = dataset_title(run)
    recipe = preset_label(run.config)
    if run.config.has("decoder"):
        recipe += f" ({run.config.latent_dim}-D)"
    words = [title, recipe]
    if run.metadata.name:
        words.insert(0, run.metadata.name)
    words += _cost(run)
    if run.state != "finished":
        words.append(STATE_WORDS[run.state])
    if run.shipped:
        words.append("built-in")
    elif run.metadata.owner == visitor_owner:
        words.append(f"yours, {run.short_id}")
    else:
        words.append(f"opened by link, {run.short_id}")
    return " · ".join(words)


def _cost(run: Run) -> list[str]:
    return [words] if (words := cost_in_words(run)) else []


def _store_choice() -> None:
    st.session_state.chosen_run = user_value("run_picker")


def visible_runs(runs: list[Run], owner: str, link: str | None) -> list[Run]:
    """Return those of a store's runs that a visitor may list, one that trains first, in order.

    link: the id of a run that the visitor has opened by its link.
    """
    if is_public():
        # One's own, and the one whose link was opened: nobody can list another's.
        runs = [run for run in runs if run.shipped or run.metadata.owner == owner or run.id == link]
    # A run that trains comes first: after a reload it is the one that is wanted.
    return sorted(runs, key=lambda run: run.state not in ACTIVE_STATES)


def follow_address(name: str, runs: dict[str, Run], instead: str) -> None:
    """Take over a run that the address asks for.

    It comes to the runs that there are to choose from, and its id to the session's chosen_NAME.
    instead: what is said of what is shown where there is no such run.
    """
    with stable_position():
        wanted = take_parameter(name)
        if wanted is None:
            return
        try:
            run = store().open(wanted)
        except RunError as error:
            show_wrong_link(f"{error}.{instead}")
            return
    runs.setdefault(run.id, run)
    st.session_state[f"chosen_{name}"] = run.id
