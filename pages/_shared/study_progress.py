"""A study of any kind while it runs: its bar, its buttons, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages._shared.act_button import act_button
from pages._shared.plain import plain
from pages._shared.server import queue
from pages._shared.server_paths import without_paths
from pages._shared.visitors import visitor
from pages._shared.waiting_words import waiting_words
from vae.errors import VAEError
from vae.server.durations import time_in_words
from vae.server.study_store import AnyStudy
from vae.studies.schema import StudyState
from vae.sweeps.study import Sweep

__all__ = [
    "is_under_way",
    "noun_of",
    "outcome_in_words",
    "show_study_controls",
    "show_study_progress",
]

RESTING = {
    StudyState.PAUSED: "Paused. Nothing is lost.",
    StudyState.STOPPED: "Stopped. What was found stays.",
    StudyState.FAILED: "Failed.",
    StudyState.INTERRUPTED: "Interrupted.",
}


def noun_of(study: AnyStudy) -> str:
    """Return what such a study is called within a sentence."""
    return "sweep" if isinstance(study, Sweep) else "study"


def is_under_way(study: AnyStudy) -> bool:
    """Whether a study will change without anyone pressing a button."""
    return study.state in (StudyState.QUEUED, StudyState.RUNNING) or queue().studies.is_pending(
        study, "study"
    )


def show_study_progress(study: AnyStudy, now: Callable[[], str]) -> None:
    """Show how much of a study is done, and what it does or why it rests.

    now: says what it does, while it runs.
    """
    status = study.status
    state, done, total = status["state"], status["done"], status["total"]
    refused_in, refusal = st.session_state.get(_refused(study), (None, ""))
    if refused_in == state:  # what was refused in another state may be possible now
        st.error(plain(without_paths(refusal)), icon=":material/error:")
    counted = f"{done:,} of {total:,} {_unit(study)}"
    fraction = min(1.0, done / max(total, 1))
    if state == StudyState.FINISHED:
        st.markdown(f":material/check: {outcome_in_words(study)}")
    elif state == StudyState.RUNNING:
        st.progress(fraction, text=_running_words(done, counted, now))
    elif state == StudyState.QUEUED:
        st.progress(fraction, text=waiting_words(queue().position(study), "job"))
    else:
        st.progress(fraction, text=f"{counted} · {RESTING[state].split('.')[0].lower()}")
        st.markdown(plain(outcome_in_words(study)))


def outcome_in_words(study: AnyStudy) -> str:
    """Return how a study that does not run has ended, and why."""
    status = study.status
    state = status["state"]
    if state == StudyState.FINISHED:
        return (
            f"Finished: {status['total']:,} {_unit(study)} in {time_in_words(status['seconds'])}."
        )
    reason = without_paths(str(status.get("reason", "")))
    first = RESTING[state].split(".")[0]  # with which some reasons begin
    return reason if reason.startswith(first) else f"{RESTING[state]} {reason}".strip()


def show_study_controls(study: AnyStudy) -> None:
    """Show the buttons that pause, continue, stop and delete a study."""
    name, state, under_way = study.path.name, study.state, is_under_way(study)
    studies = queue().studies
    act = partial(_perform, study, state)
    ends = study.requested if under_way and study.requested != "run" else ""
    with st.container(horizontal=True, gap="small", width="content", key=f"study-controls-{name}"):
        if under_way:
            act_button(
                name, "Pausing…" if ends == "pause" else "Pause", "pause",
                partial(act, studies.pause),
                f"Pauses within a second or so. What was found stays; {_of_pause(study)}.",
                disabled=bool(ends),
            )  # fmt: skip
            act_button(
                name, "Stopping…" if ends == "stop" else "Stop", "stop",
                partial(act, studies.stop),
                f"Ends the {noun_of(study)}. What was found stays, and you can continue it later.",
                disabled=bool(ends),
            )  # fmt: skip
            return
        if state != StudyState.FINISHED:
            act_button(
                name, "Continue", "play_arrow", partial(act, studies.resume),
                "Continues where it was, to the same numbers. Acts at once.",
                primary=True,
            )  # fmt: skip
        if studies.owns(study, visitor()):
            _delete_menu(study, partial(act, _delete))


def _delete_menu(study: AnyStudy, delete: Callable[[], None]) -> None:
    noun = noun_of(study)
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(
            "The sweep goes for good. Its runs stay in the table."
            if isinstance(study, Sweep)
            else "The study and its files go for good."
        )
        act_button(
            study.path.name, f"Delete this {noun}", "delete_forever", delete, "Cannot be undone."
        )


def _of_pause(study: AnyStudy) -> str:
    if isinstance(study, Sweep):
        return "a run that trains continues where it was"
    return "a training that is under way begins again"


def _perform(study: AnyStudy, state: StudyState, action: Callable[[AnyStudy], None]) -> None:
    """Do something to a study; what is refused in this state is said where its progress stands."""
    st.session_state.pop(_refused(study), None)
    try:
        action(study)
    except (VAEError, OSError) as error:
        st.session_state[_refused(study)] = state, str(error)


def _refused(study: AnyStudy) -> str:
    return f"refused-{study.path.name}"


def _delete(study: AnyStudy) -> None:
    queue().studies.delete(study, visitor())


def _unit(study: AnyStudy) -> str:
    return "runs" if isinstance(study, Sweep) else "trainings"


def _running_words(done: int, counted: str, now: Callable[[], str]) -> str:
    return f"{counted} · {now()}" if done else "Starting: TensorFlow needs a few seconds."
