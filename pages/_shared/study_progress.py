"""A study while it runs: its bar, its buttons, and how it ended."""

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
from vae.augmentation.durations import study_seconds_left
from vae.augmentation.enlarged_request import GENERATOR_TITLES
from vae.augmentation.methods import ALL_LABELS, METHODS
from vae.augmentation.plan import choice_jobs, wanted_cells
from vae.augmentation.study import Study
from vae.data.datasets import spec_of
from vae.errors import VAEError
from vae.server.durations import time_in_words
from vae.studies.schema import StudyState

__all__ = [
    "data_title",
    "is_under_way",
    "outcome_in_words",
    "show_study_controls",
    "show_study_progress",
    "study_label",
]

RESTING = {
    StudyState.PAUSED: "Paused. Nothing is lost.",
    StudyState.STOPPED: "Stopped. What was found stays.",
    StudyState.FAILED: "Failed.",
    StudyState.INTERRUPTED: "Interrupted.",
}


def is_under_way(study: Study) -> bool:
    """Whether a study will change without anyone pressing a button."""
    return study.state in (StudyState.QUEUED, StudyState.RUNNING) or queue().studies.is_pending(
        study, "study"
    )


def data_title(study: Study) -> str:
    """Return what a study's data set is called; a maker's own by the name that it has."""
    name = study.dataset
    spec = spec_of(name)
    is_known = spec is not None and spec.fingerprint in ("", study.settings["fingerprint"])
    return spec.title if spec is not None and is_known else name


def study_label(study: Study) -> str:
    """Return a study in a few words: data set, images a class, seeds, how it stands."""
    settings = study.settings
    numbers = ", ".join(map(str, settings["per_class"]))
    when = settings["created"][:16].replace("T", " ")
    seeds = study.seeds_in_words
    return f"{data_title(study)} · {numbers} images a class · {seeds} · {study.state} · {when} UTC"


def show_study_progress(study: Study) -> None:
    """Show how much of a study is done, and what it does or why it rests."""
    status = study.status
    state, done, total = status["state"], status["done"], status["total"]
    refused_in, refusal = st.session_state.get(_refused(study), (None, ""))
    if refused_in == state:  # what was refused in another state may be possible now
        st.error(plain(without_paths(refusal)), icon=":material/error:")
    counted = f"{done:,} of {total:,} trainings"
    fraction = min(1.0, done / max(total, 1))
    if state == StudyState.FINISHED:
        st.markdown(f":material/check: {outcome_in_words(study)}")
    elif state == StudyState.RUNNING:
        st.progress(fraction, text=_running_words(study, counted))
    elif state == StudyState.QUEUED:
        st.progress(fraction, text=waiting_words(queue().position(study), "job"))
    else:
        st.progress(fraction, text=f"{counted} · {RESTING[state].split('.')[0].lower()}")
        st.markdown(plain(outcome_in_words(study)))


def outcome_in_words(study: Study) -> str:
    """Return how a study that does not run has ended, and why."""
    status = study.status
    state = status["state"]
    if state == StudyState.FINISHED:
        return f"Finished: {status['total']:,} trainings in {time_in_words(status['seconds'])}."
    reason = without_paths(str(status.get("reason", "")))
    first = RESTING[state].split(".")[0]  # with which some reasons begin
    return reason if reason.startswith(first) else f"{RESTING[state]} {reason}".strip()


def show_study_controls(study: Study) -> None:
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
                "Pauses within a second. What was found stays; a training that is under way "
                "begins again.",
                disabled=bool(ends),
            )  # fmt: skip
            act_button(
                name, "Stopping…" if ends == "stop" else "Stop", "stop",
                partial(act, studies.stop),
                "Ends the study. What was found stays, and you can continue it later.",
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
            _delete_menu(name, partial(act, _delete))


def _delete_menu(name: str, delete: Callable[[], None]) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown("The study and its files go for good.")
        act_button(name, "Delete this study", "delete_forever", delete, "Cannot be undone.")


def _perform(study: Study, state: StudyState, action: Callable[[Study], None]) -> None:
    """Do something to a study; what is refused in this state is said where its progress stands."""
    st.session_state.pop(_refused(study), None)
    try:
        action(study)
    except (VAEError, OSError) as error:
        st.session_state[_refused(study)] = state, str(error)


def _refused(study: Study) -> str:
    return f"refused-{study.path.name}"


def _delete(study: Study) -> None:
    queue().studies.delete(study, visitor())


def _running_words(study: Study, counted: str) -> str:
    if not study.status["done"]:
        return "Starting: TensorFlow needs a few seconds."
    left = time_in_words(study_seconds_left(study))
    return f"{counted} · about {left} left · {_now(study)}"


def _now(study: Study) -> str:
    """Say what is trained next, which is what is trained now or almost so."""
    for job in choice_jobs(study.settings, study.trials):
        title = GENERATOR_TITLES[job.generator]
        return f"choosing how many synthetic images: {title}, {job.per_class:,} images a class"
    for cell in wanted_cells(study.settings, study.rows):
        title = METHODS[cell.methods[0]].title
        if cell.per_class == ALL_LABELS:
            return f"{title}, seed {cell.seed}"
        return f"{title}, {cell.per_class:,} images a class, seed {cell.seed}"
    return "writing the last files"
