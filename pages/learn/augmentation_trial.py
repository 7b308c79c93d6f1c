"""A small study of one's own on Digits, started and shown within the chapter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages._shared.augmentation_words import what_runs_now
from pages._shared.guard import explained
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.server import dataset, queue
from pages._shared.start_once import press_once, start_if_pressed
from pages._shared.study_form import QUICK
from pages._shared.study_progress import (
    is_under_way,
    show_study_controls,
    show_study_progress,
)
from pages._shared.study_results import cells_of, show_accuracy, show_verdict
from pages._shared.study_title import data_title
from pages._shared.visitors import visitor
from pages.learn.parts import open_in_lab
from vae.augmentation.durations import asked_seconds
from vae.augmentation.methods import MethodName
from vae.augmentation.study import Study
from vae.data.datasets import Dataset
from vae.environment import limits
from vae.errors import DatasetError
from vae.server.durations import time_in_words

__all__ = ["small_study"]

NAME = "digits"  # which needs no file
PRESS, NUMBER = "learn_study_press", "learn_trial_number"  # in the session
NUMBERS = (5, 10, 20)
SEEDS = 3
METHODS_OF: tuple[MethodName, ...] = ("real", "classical", "vae")
POLL_SECONDS = 1.0


def small_study() -> None:
    """Choose how many images a class, start the study, and show the visitor's newest one."""
    data, own = _digits(), _own_study()
    number = st.session_state.get(NUMBER, NUMBERS[1])
    st.segmented_control(
        "Images a class",
        NUMBERS,
        required=True,
        help="How many labelled images of each digit are used. Takes effect in a new study.",
        **persistent(NUMBER, number),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.button(
            "Start a small study",
            type="primary",
            icon=":material/play_arrow:",
            key="learn-study-start",
            disabled=own is not None and is_under_way(own),
            help="Trains classifiers and VAEs on Digits in the background. You can pause it.",
            on_click=partial(press_once, PRESS),
        )
        st.markdown(_words(data, number))
    with st.container(), explained():
        start_if_pressed(PRESS, partial(_start, data, number))
    if own is not None:
        _watch(own, is_under_way(own))
        open_in_lab("Take the enlarged set away", "generate", view="augment", study=own.path.name)


def _start(data: Dataset, number: int) -> Callable[[], Study]:
    """Return what puts the study into the queue."""
    studies, owner = queue().studies, visitor()
    return lambda: studies.submit(data, (number,), SEEDS, METHODS_OF, QUICK, owner)


def _digits() -> Dataset:
    data = dataset(NAME)
    if data is None:
        raise DatasetError("Digits comes with scikit-learn, which cannot be read here.")
    return data


def _own_study() -> Study | None:
    """Return the visitor's newest study of Digits, None without one."""
    own = queue().studies.store.owned_by(visitor(), Study)
    return next((study for study in own if study.settings["dataset"] == NAME), None)


def _words(data: Dataset, number: int) -> str:
    """Say how long it takes, and what this server allows."""
    past = queue().studies.store.of_kind(Study)
    seconds = asked_seconds(data, (number,), SEEDS, METHODS_OF, QUICK, past=past)
    allowed = limits().seconds
    most = f" On this server at most {time_in_words(allowed)}." if allowed else ""
    return f"About **{time_in_words(seconds)}** with {SEEDS} seeds on this machine.{most}"


def _watch(study: Study, active: bool) -> None:
    """Show progress and findings, each second while it is under way."""

    @st.fragment(run_every=POLL_SECONDS if active else None)
    @explained()
    def view() -> None:
        if is_under_way(study) != active:
            st.rerun()
        show_study_controls(study)
        show_study_progress(study, lambda: what_runs_now(study))
        if cells := cells_of(study):
            show_verdict(cells, plain(data_title(study)))
            show_accuracy(
                cells, study.settings["test_images"], key=f"learn-accuracy-{study.path.name}"
            )

    view()
