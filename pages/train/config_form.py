"""The form that is made from `Config`: ranges, choices and help texts are the package's own."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from pages._shared.address import set_parameter, take_parameter
from pages._shared.controlled import controlled_key, user_value
from pages._shared.guard import show_wrong_link
from pages._shared.number_field import between
from pages._shared.stable_position import stable_position
from pages._shared.typed_field import forget_typed, typed_field
from vae.config import MAX_HIDDEN_LAYERS, Config, read_setting, setting
from vae.errors import ConfigError
from vae.number_text import number_text, numbers_text
from vae.presets import PRESET_NOTES, PRESETS
from vae.runs.control import LIVE_SETTINGS

__all__ = ["Form", "config_form", "preset_choice"]

# As many in a column as leave the Train button on the first screen.
GROUPS = {
    "Model and data": ("kind", "binarisation", "likelihood", "noise", "importance_samples"),
    "Architecture": ("network", "latent_dim", "hidden", "dense_layers", "activation"),
    "Objective": ("beta", "kl_warmup", "kl_cycle", "capacity", "free_bits"),
    "Optimizer": ("optimizer", "learning_rate", "schedule", "batch_size", "loss_scale"),
    "Run": ("epochs", "train_share", "validation_split", "patience", "seed"),
}
FIELDS = [name for names in GROUPS.values() for name in names]
CHOICE_WORDS = {
    "vae": "VAE",
    "conditional": "Conditional VAE",
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
    """What the form holds: a configuration, or why it is none."""

    config: Config | None
    trouble: str = ""


def preset_choice() -> dict[str, Any]:
    """Show the presets and return the values of the form, by the fields of `Config`.

    They outlive the page; at first they come from the address, so that a link can carry them.
    """
    with stable_position():
        wanted = _from_address()
    if wanted or "setup" not in st.session_state:
        _set(wanted or _values(PRESETS["recommended"]))
    setup: dict[str, Any] = st.session_state.setup
    st.session_state.form_preset = setup["preset"]
    st.segmented_control(
        "Preset",
        list(PRESETS),
        key="form_preset",
        required=True,
        format_func=lambda name: PRESET_NOTES[name].title,
        help="A recipe to start from. Choosing one sets every control below.",
        on_change=_take_preset,
        wrap=True,
    )
    st.caption(PRESET_NOTES[setup["preset"]].purpose)
    return setup


def config_form(setup: dict[str, Any]) -> Form:
    """Show a control for each field, write the address, and return what the form holds."""
    columns = st.columns(len(GROUPS), gap="medium")
    wrong = []
    for column, (group, names) in zip(columns, GROUPS.items(), strict=True):
        with column:
            st.markdown(f"**{group}**")
            wrong += [name for name in names if not _control(name, setup[name])]
    _to_address(setup, wrong)
    if wrong:
        words = (f"{setting(name).label}: {_expected(name, setup[name]).lower()}" for name in wrong)
        return Form(None, " ".join(words))
    try:
        return Form(Config.from_dict(setup))
    except ConfigError as error:
        return Form(None, str(error))


def _control(name: str, value: Any) -> bool:
    """Show the control of a field; return whether what it shows can be trained with."""
    limits = setting(name)
    when = "Takes effect in a new run."
    if name in LIVE_SETTINGS:
        when = "Takes effect in a new run; under Watch you can change it while a run trains."
    key = f"form_{name}"
    if limits.choices:
        st.selectbox(
            limits.label,
            limits.choices,
            key=controlled_key(key, value),
            help=f"{limits.help} {when}",
            format_func=_choice_words,
            on_change=lambda: _store(name, user_value(key)),
        )
        return True
    expected = _expected(name, value)
    shown = typed_field(
        limits.label,
        value,
        name=key,
        read=partial(read_setting, name),
        write=_as_text,
        save=partial(_store, name),
        expected=expected,
        help=f"{limits.help} {expected} {when}",
    )
    return shown is not None


def _choice_words(choice: str) -> str:
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


def _as_text(value: Any) -> str:
    """Return a value as its field and the address show it."""
    if isinstance(value, str):
        return value
    return numbers_text(value) if isinstance(value, tuple) else number_text(value)


def _store(name: str, value: Any) -> None:
    st.session_state.setup[name] = value


def _take_preset() -> None:
    _set(_values(PRESETS[st.session_state.form_preset]))


def _set(values: dict[str, Any]) -> None:
    st.session_state.setup = values
    for name in FIELDS:
        forget_typed(f"form_{name}")


def _values(config: Config) -> dict[str, Any]:
    return {name: getattr(config, name) for name in ("preset", *FIELDS)}


def _from_address() -> dict[str, Any] | None:
    """Return the values that the address asks for, if it does; what is wrong there is left out."""
    texts = {
        name: text for name in ("preset", *FIELDS) if (text := take_parameter(name)) is not None
    }
    if not texts:
        return None
    preset = texts.pop("preset", "recommended")
    if preset not in PRESETS:
        show_wrong_link(
            f"Presets are {', '.join(PRESETS)}. Received: {preset!r:.80}. Shown: recommended."
        )
        preset = "recommended"
    setup = _values(PRESETS[preset])
    for name, text in texts.items():
        try:
            setup[name] = read_setting(name, text)
        except ConfigError as error:
            show_wrong_link(f"{error}. Shown: the preset's own.")
    return setup


def _to_address(setup: dict[str, Any], wrong: list[str]) -> None:
    """Write the preset and what differs from it, so that the link brings the form back."""
    base = _values(PRESETS[setup["preset"]])
    set_parameter("preset", setup["preset"])
    for name in FIELDS:
        if setup[name] != base[name] and name not in wrong:
            set_parameter(name, _as_text(setup[name]))


assert {field.name for field in dataclasses.fields(Config)} == {"preset", *FIELDS}
