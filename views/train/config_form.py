"""The form that is made from `Config`: ranges, choices and help texts are the package's own."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from vae.config import Config, setting
from vae.control import LIVE_SETTINGS
from vae.errors import ConfigError
from vae.presets import PRESET_NOTES, PRESETS
from views._shared.address import asked, hold
from views._shared.guard import show_error, show_wrong_link

__all__ = ["config_form", "preset_choice"]

# As many in a column as leave the Train button on the first screen.
GROUPS = {
    "Model and data": ("kind", "binarisation", "likelihood", "noise", "importance_samples"),
    "Architecture": ("network", "latent_dim", "hidden", "dense_layers", "activation"),
    "Objective": ("beta", "kl_warmup", "kl_cycle", "capacity", "free_bits"),
    "Optimizer": ("optimizer", "learning_rate", "schedule", "batch_size", "loss_scale"),
    "Run": ("epochs", "train_share", "validation_split", "patience", "seed"),
}
SIZES = ("hidden", "dense_layers")  # fields that are typed as numbers with commas between
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
# Numbers that are told apart by their digits, not by their distance.
FORMATS = {"learning_rate": "%.6g", "beta": "%.4g", "train_share": "%.3g"}
STEPS = {
    "learning_rate": 1e-4,
    "noise": 0.1,
    "beta": 0.1,
    "free_bits": 0.05,
    "capacity": 1.0,
    "train_share": 0.05,
    "validation_split": 0.01,
}


def preset_choice() -> dict[str, Any]:
    """Show the presets and return what the form holds, one value a field of `Config`.

    It outlives the page; at first it comes from the address, so that a link can carry it.
    """
    wanted = _from_address()
    if wanted is not None or "setup" not in st.session_state:
        _set(wanted or _as_form(PRESETS["recommended"]))
    setup: dict[str, Any] = st.session_state.setup
    st.session_state.form_preset = setup["preset"]

    st.segmented_control(
        "Preset",
        list(PRESETS),
        key="form_preset",
        required=True,
        format_func=lambda name: PRESET_NOTES[name].title,
        help="A recipe to start from. Choosing one sets every control below.",
        on_change=lambda: _set(_as_form(PRESETS[st.session_state.form_preset])),
        wrap=True,
    )
    st.caption(PRESET_NOTES[setup["preset"]].purpose)
    return setup


def config_form(setup: dict[str, Any]) -> Config | None:
    """Show a control for each field and return the configuration, or None after a message."""
    columns = st.columns(len(GROUPS), gap="medium")
    for column, (group, names) in zip(columns, GROUPS.items(), strict=True):
        with column:
            st.markdown(f"**{group}**")
            for name in names:
                setup[name] = _control(name, setup[name])
    try:
        numbers = {name: value for name, value in setup.items() if name not in SIZES}
        config = Config.from_dict(numbers).replace_text({name: setup[name] for name in SIZES})
    except ConfigError as error:
        show_error(error)
        return None
    _to_address(config)
    return config


def _control(name: str, value: Any) -> Any:
    """Draw the control of one field; its state is kept in `setup`, which outlives the page."""
    limits = setting(name)
    key = f"form_{name}"
    when = "Takes effect in a new run."
    if name in LIVE_SETTINGS:
        when = "Takes effect in a new run; under Watch it can be changed while one trains."
    st.session_state.setdefault(key, value)  # gone after a visit to another page
    if limits.choices:
        return st.selectbox(
            limits.label,
            limits.choices,
            key=key,
            help=f"{limits.help} {when}",
            format_func=lambda choice: CHOICE_WORDS.get(
                choice, choice.replace("_", " ").capitalize()
            ),
        )
    if name in SIZES:
        return st.text_input(
            limits.label,
            key=key,
            help=f"{limits.help} Sizes with commas between, such as 256, 128. {when}",
        )
    return st.number_input(
        limits.label,
        min_value=limits.low,
        max_value=limits.high,
        step=STEPS.get(name, 1),
        format=FORMATS.get(name),
        key=key,
        help=f"{limits.help} From {limits.low:,} to {limits.high:,}. {when}",
    )


def _as_form(config: Config) -> dict[str, Any]:
    texts = {name: ", ".join(map(str, getattr(config, name))) for name in SIZES}
    return config.to_dict() | texts


def _set(form: dict[str, Any]) -> None:
    st.session_state.setup = form
    for name in FIELDS:
        st.session_state[f"form_{name}"] = form[name]


def _from_address() -> dict[str, Any] | None:
    """Return the form that the address asks for, if it does; what is wrong there is left out."""
    wanted = {name: asked(name) for name in ("preset", *FIELDS)}
    changes = {name: value for name, value in wanted.items() if value is not None}
    if not changes:
        return None
    preset = changes.pop("preset", "recommended")
    if preset not in PRESETS:
        show_wrong_link(
            f"Presets are {', '.join(PRESETS)}. Received: {preset!r:.80}. Shown: recommended."
        )
        preset = "recommended"
    try:
        return _as_form(PRESETS[preset].replace_text(changes))
    except ConfigError as error:
        show_wrong_link(f"{error}. Shown: the preset as it is.")
        return _as_form(PRESETS[preset])


def _to_address(config: Config) -> None:
    """Write the preset and what differs from it, so that the link brings the form back."""
    base, now = _as_form(PRESETS[config.preset]), _as_form(config)
    hold("preset", config.preset)
    for name in FIELDS:
        if now[name] != base[name]:
            hold(name, str(now[name]))


assert {field.name for field in dataclasses.fields(Config)} == {"preset", *FIELDS}
