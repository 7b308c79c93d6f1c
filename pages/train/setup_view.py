"""Set up: a recipe, its settings, the network that they make, and the button that trains it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._components.field_links import field_links
from pages._shared.dataset_choice import choose_dataset
from pages._shared.once import Once
from pages._shared.plain import plain
from pages._shared.run_picker import choose_run
from pages._shared.server import queue, store
from pages._shared.visitors import visitor
from pages.train.advice import show_advice
from pages.train.config_form import changed_fields, config_form
from pages.train.network_summary import show_summary
from pages.train.preset_cards import preset_cards
from pages.train.setup_style import apply_setup_style
from pages.train.setup_values import setup_values, take_preset
from vae.architecture import Summary, summarize
from vae.config import Config
from vae.config.settings import setting
from vae.data.datasets import Dataset
from vae.data.split import check_trainable, untaught_classes_note, unused_images_note
from vae.environment import is_public, limits, storage_limits
from vae.errors import ConfigError
from vae.kinds import KINDS
from vae.preset_notes import PRESET_NOTES
from vae.presets import PRESETS
from vae.runs.run import Run
from vae.server.durations import run_seconds, time_in_words

__all__ = ["set_up"]

PRESS = "train_press"  # in the session's state, until its run is watched
MAX_NAMED = 4  # settings that differ from the preset, in the sentence that tells them


class _Plan(NamedTuple):
    """What would be trained: a configuration and its layers, or why nothing can be, as Markdown."""

    config: Config | None
    summary: Summary | None
    problem: str = ""


def set_up(top: DeltaGenerator) -> None:
    """Show cards, form, network and, at the bottom of the screen, the button.

    top: the row of the views, which has room for the data set.
    """
    queue().warm_up()
    apply_setup_style()
    with top:
        data = choose_dataset("train_page_dataset")
    past = () if is_public() else store().list()
    setup = setup_values()
    preset_cards(setup["preset"], _preset_times(data, past), take_preset)
    with st.container(key="setup-body"):
        with st.container(key="setup-form"):
            form = config_form(setup)
            show_advice(setup, data)  # beside the network, which a first screen shows whole
        plan = _plan(form.config, form.problem, data)
        with st.container(key="setup-network"):
            _show_network(setup, plan.summary)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train-bar"):
        _train_bar(plan, data, past)
    field_links()
    if data is not None and plan.config is not None and plan.summary is not None:
        _start_if_pressed(plan.config, data)
    else:  # also where it was pressed while a field was typed in
        st.session_state.pop(PRESS, None)


def _preset_times(data: Dataset | None, past: Sequence[Run]) -> dict[str, str]:
    """Return how long each preset takes on these images, in words; of none that does not fit."""
    times: dict[str, str] = {}
    if data is None:
        return times
    for name, config in PRESETS.items():
        try:
            times[name] = time_in_words(_seconds(config, data, past))
        except ConfigError:
            continue
    return times


def _seconds(config: Config, data: Dataset, past: Sequence[Run]) -> float:
    return run_seconds(config, data.image_shape, len(data.x_train), past, data.classes)


def _plan(config: Config | None, problem: str, data: Dataset | None) -> _Plan:
    if config is None or data is None:
        return _Plan(config, None, problem or "Its images are missing: see the data set above.")
    try:
        summary = summarize(config, data.image_shape, data.classes)
        check_trainable(config, data)
    except ConfigError as error:
        return _Plan(config, None, plain(str(error)))
    return _Plan(config, summary)


def _show_network(setup: dict[str, Any], summary: Summary | None) -> None:
    """Show the layers, and what recipe this is."""
    if summary is None:
        st.markdown("The layers appear here as soon as the settings can be trained.")
    else:
        show_summary(summary)
    note = PRESET_NOTES[setup["preset"]]
    # What a preset is for is said of its own kind: a classifier has no random codes.
    is_its_kind = setup["kind"] == PRESETS[setup["preset"]].kind
    purpose = note.purpose if is_its_kind else KINDS[setup["kind"]].sentence
    st.markdown(f"**{note.title}**{_differences(setup)} {purpose}")


def _differences(setup: dict[str, Any]) -> str:
    """Say in which settings the form differs from its preset."""
    changed = changed_fields(setup)
    words = [
        f"{setting(name).label.lower()} **{plain(now)}** instead of {plain(own)}"
        for name, (now, own) in changed.items()
    ]
    more = len(words) - MAX_NAMED
    if more > 0:
        words[MAX_NAMED:] = [f"{more} more"]
    return f", but {', '.join(words)}." if words else "."


def _train_bar(plan: _Plan, data: Dataset | None, past: Sequence[Run]) -> None:
    """Show the button, and beside it how long it takes or what stops it."""
    st.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=plan.summary is None,
        on_click=_press,
    )
    if plan.config is None or plan.summary is None or data is None:
        st.markdown(f":red[:material/error: {plan.problem}]")
        return
    words = (
        f"Takes about **{time_in_words(_seconds(plan.config, data, past))}** on this machine. "
        f"{limits().in_words()} {storage_limits().in_words()} "
        f"{unused_images_note(plan.config, len(data.x_train))} "
        f"{plain(untaught_classes_note(plan.config, data))}"
    )
    st.markdown(words)


def _press() -> None:
    st.session_state[PRESS] = Once[Run]()


def _start_if_pressed(config: Config, data: Dataset) -> None:
    """Put the run into the queue and watch it."""
    press: Once[Run] | None = st.session_state.get(PRESS)
    if press is None or not press.is_due:
        st.session_state.pop(PRESS, None)
        return
    line, owner = queue(), visitor()
    try:
        choose_run(press(lambda: line.submit(config, data, owner)))
    except Exception:  # what stops a script is none: another run takes the press up
        st.session_state.pop(PRESS, None)
        raise
    st.session_state.train_view = "Watch"
    st.session_state.pop(PRESS, None)
    st.rerun()
