"""What is said of a study to who does not see it."""

from __future__ import annotations

import streamlit as st

from pages._components.announcer import announce
from pages._shared.study_progress import is_under_way, noun_of, outcome_in_words
from vae.server.study_store import AnyStudy
from vae.studies.schema import StudyState

__all__ = ["announce_study"]

ANNOUNCED = "announced_study"  # in the session: the study whose end is still to be said


def announce_study(study: AnyStudy) -> None:
    """Say at once that a study waits, starts or has ended, and each tenth of its way.

    One that was at rest when the page was opened is not announced.
    """
    name, state = study.path.name, st.session_state
    if is_under_way(study):
        state[ANNOUNCED] = name
    elif state.get(ANNOUNCED) != name:
        return
    words = _words(study)
    announce(words, urgent=not words.endswith("done."))


def _words(study: AnyStudy) -> str:
    status = study.status
    if status["state"] == StudyState.QUEUED:
        return f"The {noun_of(study)} waits in the queue."
    if status["state"] != StudyState.RUNNING:
        return outcome_in_words(study)
    if not status["done"]:
        return f"The {noun_of(study)} is starting."
    done = 100 * status["done"] // status["total"] // 10 * 10
    return f"{noun_of(study).capitalize()}: {done} % done."
