"""The form that is made from `Config`: ranges, choices and help texts are the package's own."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from pages._shared.controlled import controlled_key, user_value
from pages._shared.number_field import between
from pages._shared.plain import plain
from pages._shared.typed_field import is_text_refused, typed_field
from pages.train.setup_values import (
    MAIN,
    MORE,
    as_text,
    fields_of,
    preset_values,
    store_value,
    write_address,
)
from vae.config import Config
from vae.config.setting import MAX_HIDDEN_LAYERS
from vae.config.setting_text import read_setting
from vae.config.settings import setting
from vae.errors import ConfigError
from vae.kinds import KINDS
from vae.preset_notes import PRESET_NOTES
from vae.runs.control import LIVE_SETTINGS

__all__ = ["ALL_SETTINGS", "Form", "changed_fields", "choice_words", "config_form"]

ALL_SETTINGS = "all-settings"  # their expander, in the session and in styles
CHOICE_WORDS = {
    "rmsprop": "RMSprop",
    "sgd": "SGD",
    "relu": "ReLU",
    "elu": "ELU",
    "silu": "SiLU",
    "leaky_relu": "Leaky ReLU",
    "tanh": "tanh",
    "continuous_bernoulli": "Continuous Bernoulli",
}


class Form(NamedTuple):
    """What the form holds: a configuration, or why it is invalid, as Markdown."""

    config: Config | None
    problem: str = ""


def config_form(setup: dict[str, Any]) -> Form:
    """Show a control for each field of the kind, write the address, and return what they hold."""
    changed, fields = changed_fields(setup), fields_of(setup)
    st.html(_marks(setup["preset"], changed))
    wrong = []
    with st.container(key="setup-fields"):
        wrong += [name for name in MAIN if name in fields and not _control(name, setup)]
    wrong += _all_settings(setup, fields)
    write_address(setup, wrong)
    if wrong:
        words = (
            f"[{setting(name).label}](#field-{name}): {plain(_expected(name, setup[name]).lower())}"
            for name in wrong
        )
        return Form(None, " ".join(words))
    try:
        return Form(Config.from_dict({name: setup[name] for name in ("preset", *fields)}))
    except ConfigError as error:
        return Form(None, plain(str(error)))


def _all_settings(setup: dict[str, Any], fields: list[str]) -> list[str]:
    """Show the other fields, by group; return those that cannot be trained with.

    Twenty controls, of which most visitors want none: they are made when somebody opens them. They
    stay where a text in them was refused, so that a link can lead to it.
    """
    is_refused = any(is_text_refused(f"form_{name}") for name in fields if name not in MAIN)
    if is_refused:  # also for who comes back to the page
        st.session_state.setdefault(ALL_SETTINGS, True)
    settings = st.expander("All settings", key=ALL_SETTINGS, on_change="rerun")
    wrong: list[str] = []
    if not (settings.open or is_refused):
        return wrong
    with settings:
        for group, names in MORE.items():
            names = [name for name in names if name in fields]
            if not names:
                continue
            st.markdown(f"**{group}**")
            with st.container(key=f"setup-fields-{group.split()[0].lower()}"):
                wrong += [name for name in names if not _control(name, setup)]
    return wrong


def changed_fields(setup: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return of each field that differs from the preset what it holds, and what the preset does."""
    preset = preset_values(setup["preset"])
    return {
        name: (_in_words(setup[name]), _in_words(preset[name]))
        for name in fields_of(setup)
        if setup[name] != preset[name]
    }


def _marks(preset: str, changed: dict[str, tuple[str, str]]) -> str:
    """Return the rules that mark what differs: a style, since a new label resets an expander."""
    title = PRESET_NOTES[preset].title
    rules = [f".st-key-field-{name} label p::after {{ content: ' ●'; }}" for name in changed]
    below = len([name for name in changed if name not in MAIN])
    if below:
        words = f"{below} differ{'s' * (below == 1)} from {title}"
        rules.append(f'.st-key-all-settings summary p::after {{ content: " · {words}"; }}')
    return f"<style>i {{}} {' '.join(rules)}</style>"


def _control(name: str, setup: dict[str, Any]) -> bool:
    """Show the control of a field; return whether what it shows can be trained with."""
    with st.container(key=f"field-{name}"):
        return _show_control(name, setup[name])


def _show_control(name: str, value: Any) -> bool:
    limits = setting(name)
    when = "Takes effect in a new run."
    if name in LIVE_SETTINGS:
        when = "Takes effect in a new run; under Watch you can change it while a run trains."
    key = f"form_{name}"
    if limits.choices or isinstance(value, bool):
        st.selectbox(
            limits.label,
            list(limits.choices) or [False, True],
            key=controlled_key(key, value),
            help=f"{limits.help} {when}",
            format_func=choice_words,
            on_change=lambda: store_value(name, user_value(key)),
        )
        return True
    expected = _expected(name, value)
    shown = typed_field(
        limits.label,
        value,
        name=key,
        read=partial(read_setting, name),
        write=as_text,
        save=partial(store_value, name),
        expected=expected,
        help=f"{limits.help} {expected} {when}",
    )
    return shown is not None


def choice_words(choice: str | bool) -> str:
    """Return a choice of a field as one reads it."""
    if isinstance(choice, bool):
        return "Yes" if choice else "No"
    if choice in KINDS:
        return KINDS[choice].title
    return CHOICE_WORDS.get(choice) or choice.replace("_", " ").capitalize()


def _expected(name: str, value: Any) -> str:
    """Say what a field takes."""
    limits = setting(name)
    assert limits.low is not None  # a field without choices has a range
    assert limits.high is not None
    numbers = between(limits.low, limits.high)
    if isinstance(value, tuple):
        return f"Up to {MAX_HIDDEN_LAYERS} whole numbers {numbers}, such as 256, 128."
    return f"A whole number {numbers}." if isinstance(value, int) else f"A number {numbers}."


def _in_words(value: Any) -> str:
    """Return a value as one reads it."""
    return choice_words(value) if isinstance(value, str | bool) else as_text(value) or "none"
