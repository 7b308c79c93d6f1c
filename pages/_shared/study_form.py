"""The form of a small augmentation study: data set, images a class, methods, seeds, how long."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from pages._shared.dataset_choice import choose_dataset
from pages._shared.number_field import number_field
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.server import queue
from pages._shared.start_once import press_once, start_if_pressed
from pages._shared.typed_field import typed_field
from pages._shared.visitors import visitor
from vae.augmentation.durations import asked_seconds
from vae.augmentation.methods import METHODS, MethodName, check_methods, methods_at
from vae.augmentation.recipe import Recipe
from vae.augmentation.study import MAX_SEEDS, SMALLEST, Study, check_asked
from vae.config.number_text import parse_number
from vae.data.datasets import Dataset
from vae.environment import limits
from vae.errors import ConfigError, StudyError
from vae.server.durations import time_in_words

__all__ = ["QUICK", "study_form"]

PRESS = "study_press"  # in the session: a click on the button that has not started a study yet
NUMBERS, SEEDS, METHODS_OF, PACE = (
    *("study_numbers", "study_seeds", "study_methods", "study_pace"),
)
MAX_NUMBERS = 8  # different numbers of images a class
OFFERED: tuple[MethodName, ...] = tuple(name for name in METHODS if name != "real")
AT_FIRST: tuple[MethodName, ...] = ("classical", "vae", "all")
# A third of the steps and one number of copies: for a first look, not to be compared with the
# stored study.
QUICK = Recipe(
    classifier_steps=400,
    all_steps=2_000,
    vae_steps=500,
    class_vae_steps=150,
    gan_steps=800,
    copies=(4,),
)
RECIPES = {"Quick": QUICK, "Thorough": Recipe()}


class _Asked(NamedTuple):
    dataset: Dataset
    per_class: tuple[int, ...]
    seeds: int
    methods: tuple[MethodName, ...]
    recipe: Recipe


def study_form(on_start: Callable[[Study], None]) -> None:
    """Show the form; on_start: is given the study that its button has put into the queue."""
    dataset = choose_dataset("study_dataset")
    state = st.session_state
    with st.container(horizontal=True, vertical_alignment="top"):
        per_class = typed_field(
            "Images a class",
            state.get(NUMBERS, (10,)),
            name="study_numbers_field",
            read=_read_numbers,
            write=lambda numbers: ", ".join(map(str, numbers)),
            save=lambda numbers: state.update({NUMBERS: numbers}),
            expected=f"One to {MAX_NUMBERS} whole numbers from {SMALLEST}, with commas.",
            width=210,
            help="How many labelled images of each class a classifier may learn from: one number, "
            "or several with commas, as 5, 10, 50. Takes effect in a new study.",
        )
        seeds = number_field(
            "Seeds",
            state.get(SEEDS, 3),
            1,
            MAX_SEEDS,
            name=SEEDS,
            width=110,
            help="How often all is repeated with other images: the more, the shorter the "
            "intervals. Takes effect in a new study.",
        )
        st.segmented_control(
            "Training",
            list(RECIPES),
            required=True,
            help="Thorough trains as the stored study does. Quick takes a third of the steps and "
            "does not choose among numbers of synthetic images: for a first look. Takes effect in "
            "a new study.",
            **persistent(PACE, pace := state.get(PACE, "Quick")),
        )
    picked = st.pills(
        "Methods beside real images alone",
        OFFERED,
        selection_mode="multi",
        format_func=lambda name: METHODS[name].title,
        help="What is compared with the few real images alone. All labels also says which "
        "synthetic images look like their class. Takes effect in a new study.",
        **persistent(METHODS_OF, list(state.get(METHODS_OF, AT_FIRST))),
    )
    asked, problem = None, "Its images are missing: see the data set above."
    if per_class is None or seeds is None:
        problem = "A field above cannot be read."
    elif dataset is not None:
        methods = check_methods(("real", *picked))
        asked, problem = _checked(_Asked(dataset, per_class, seeds, methods, RECIPES[pace]))
    _start_bar(asked, problem)
    if asked is None:
        st.session_state.pop(PRESS, None)
        return
    studies, owner = queue().studies, visitor()
    start_if_pressed(PRESS, lambda: lambda: studies.submit(*asked, owner), on_start)


def _checked(asked: _Asked) -> tuple[_Asked | None, str]:
    """Return what is asked, or why that cannot be studied."""
    try:
        check_asked(asked.dataset, asked.per_class, asked.seeds)
    except StudyError as error:
        return None, plain(str(error))
    return asked, ""


def _start_bar(asked: _Asked | None, problem: str) -> None:
    """Show the button, and beside it how long it takes or what stops it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.button(
            "Start study",
            type="primary",
            icon=":material/play_arrow:",
            disabled=asked is None,
            on_click=partial(press_once, PRESS),
            help="Trains all classifiers and generators in the background. You can pause it.",
        )
        if asked is None:
            st.markdown(f":red[:material/error: {problem}]")
            return
        seconds = asked_seconds(*asked, past=queue().studies.store.of_kind(Study))
        allowed = limits().seconds
        most = f" On this server at most {time_in_words(allowed)}." if allowed else ""
        st.markdown(
            f"Takes about **{time_in_words(seconds)}** on this machine.{most}{_left_out(asked)}"
        )


def _left_out(asked: _Asked) -> str:
    """Say which methods are studied with other numbers of images alone."""
    used = {each.name for number in asked.per_class for each in methods_at(number, asked.methods)}
    words = [
        f" {METHODS[name].title} is studied with {_either(METHODS[name].per_class)} images a "
        "class alone."
        for name in asked.methods
        if name != "all" and name not in used
    ]
    return "".join(words)


def _either(numbers: tuple[int, ...]) -> str:
    return " or ".join(map(str, numbers))


def _read_numbers(text: str) -> tuple[int, ...]:
    parts = text.replace(";", " ").replace(",", " ").split()
    numbers = [parse_number(part, whole=True) for part in parts]
    found = sorted({number for number in numbers if isinstance(number, int)})
    if not 1 <= len(found) <= MAX_NUMBERS or found[0] < SMALLEST or found[-1] > 10**6:
        raise ConfigError(f"Whole numbers from {SMALLEST} were expected. Received: {text!r}")
    return tuple(found)
