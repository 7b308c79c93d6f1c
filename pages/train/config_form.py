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
from pages._shared.plain import plain
from pages._shared.stable_position import stable_position
from pages._shared.typed_field import forget_typed, is_text_refused, typed_field
from vae.config import Config
from vae.config.number_text import number_text, numbers_text
from vae.config.setting import MAX_HIDDEN_LAYERS
from vae.config.setting_text import read_setting
from vae.config.settings import setting, settings_of
from vae.errors import ConfigError
from vae.kinds import CONDITIONAL, KINDS
from vae.presets import PRESET_NOTES, PRESETS
from vae.runs.control import LIVE_SETTINGS

__all__ = ["Form", "changed_fields", "config_form", "setup_values", "take_preset"]

MAIN = ("latent_dim", "hidden", "network", "beta", "learning_rate", "batch_size", "epochs")
MORE = {
    "Model and data": (
        "kind",
        "conditional",
        "binarisation",
        "shift",
        "flip",
        "likelihood",
        "noise",
        "importance_samples",
    ),
    "Network": ("dense_layers", "activation"),
    "Objective": ("kl_warmup", "kl_cycle", "capacity", "free_bits", "gradient_penalty"),
    "Optimizer": ("optimizer", "adam_beta_1", "adam_beta_2", "schedule", "loss_scale"),
    "Run": ("train_share", "validation_split", "patience", "seed"),
}
ALL_SETTINGS = "all-settings"  # their expander, in the session and in styles
FIELDS = [*MAIN, *(name for names in MORE.values() for name in names)]
DEFAULTS = Config()
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


def setup_values() -> dict[str, Any]:
    """Return the values of the form, by the fields of `Config`.

    They outlive the page; at first they come from the address, so that a link can carry them.
    """
    with stable_position():
        wanted = _from_address()
    if wanted or "setup" not in st.session_state:
        _set(wanted or _values(PRESETS["recommended"]))
    values: dict[str, Any] = st.session_state.setup
    return values


def take_preset(name: str) -> None:
    """Set every field as a preset has it."""
    _set(_values(PRESETS[name]))


def config_form(setup: dict[str, Any]) -> Form:
    """Show a control for each field of the kind, write the address, and return what they hold."""
    changed, fields = changed_fields(setup), _fields(setup)
    st.html(_marks(setup["preset"], changed))
    wrong = []
    with st.container(key="setup-fields"):
        wrong += [name for name in MAIN if name in fields and not _control(name, setup)]
    wrong += _all_settings(setup, fields)
    _to_address(setup, wrong)
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
    preset = _values(PRESETS[setup["preset"]])
    return {
        name: (_in_words(setup[name]), _in_words(preset[name]))
        for name in _fields(setup)
        if setup[name] != preset[name]
    }


def _fields(setup: dict[str, Any]) -> list[str]:
    """Return the fields that mean something for the kind which the form holds."""
    used = settings_of(KINDS[setup["kind"]])
    return [name for name in FIELDS if name in used]


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


def _choice_words(choice: str | bool) -> str:
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
    return _choice_words(value) if isinstance(value, str | bool) else _as_text(value) or "none"


def _as_text(value: Any) -> str:
    """Return a value as its field and the address show it."""
    if isinstance(value, str | bool):
        return str(value).lower()
    return numbers_text(value) if isinstance(value, tuple) else number_text(value)


def _store(name: str, value: Any) -> None:
    st.session_state.setup[name] = value


def _set(values: dict[str, Any]) -> None:
    st.session_state.setup = values
    for name in FIELDS:
        forget_typed(f"form_{name}")


def _values(config: Config) -> dict[str, Any]:
    """Return the values of all fields: those that mean nothing for the kind wait for another."""
    return {
        name: getattr(config if config.uses(name) else DEFAULTS, name)
        for name in ("preset", *FIELDS)
    }


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
    if texts.get("kind") == CONDITIONAL:  # in links of earlier versions
        texts |= {"kind": "vae", "conditional": "true"}
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
    for name in _fields(setup):
        if setup[name] != base[name] and name not in wrong:
            set_parameter(name, _as_text(setup[name]))


assert {field.name for field in dataclasses.fields(Config)} == {"preset", *FIELDS}
