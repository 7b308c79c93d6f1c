"""The values of the form: in the session, from a preset, and in the address."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from pages._shared.address import set_parameter, take_parameter
from pages._shared.guard import show_wrong_link
from pages._shared.stable_position import stable_position
from pages._shared.typed_field import forget_typed
from vae.config import Config
from vae.config.number_text import number_text, numbers_text
from vae.config.setting_text import read_setting
from vae.config.settings import settings_of
from vae.errors import ConfigError
from vae.kinds import CONDITIONAL, KINDS
from vae.presets import PRESETS

__all__ = [
    "MAIN",
    "MORE",
    "as_text",
    "fields_of",
    "preset_values",
    "setup_values",
    "store_value",
    "take_preset",
    "write_address",
]

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
FIELDS = [*MAIN, *(name for names in MORE.values() for name in names)]
DEFAULTS = Config()


def setup_values() -> dict[str, Any]:
    """Return the values of the form, by the fields of `Config`.

    They outlive the page; at first they come from the address, so that a link can carry them.
    """
    with stable_position():
        wanted = _from_address()
    if wanted or "setup" not in st.session_state:
        _set(wanted or preset_values("recommended"))
    values: dict[str, Any] = st.session_state.setup
    return values


def take_preset(name: str) -> None:
    """Set every field as a preset has it."""
    _set(preset_values(name))


def fields_of(setup: dict[str, Any]) -> list[str]:
    """Return the fields that mean something for the kind which the form holds."""
    used = settings_of(KINDS[setup["kind"]])
    return [name for name in FIELDS if name in used]


def as_text(value: Any) -> str:
    """Return a value as its field and the address show it."""
    if isinstance(value, str | bool):
        return str(value).lower()
    return numbers_text(value) if isinstance(value, tuple) else number_text(value)


def store_value(name: str, value: Any) -> None:
    """Set one field."""
    st.session_state.setup[name] = value


def _set(values: dict[str, Any]) -> None:
    st.session_state.setup = values
    for name in FIELDS:
        forget_typed(f"form_{name}")


def preset_values(name: str) -> dict[str, Any]:
    """Return a preset's values of all fields: those that mean nothing for its kind are defaults."""
    config = PRESETS[name]
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
    setup = preset_values(preset)
    if texts.get("kind") == CONDITIONAL:  # in links of earlier versions
        texts |= {"kind": "vae", "conditional": "true"}
    for name, text in texts.items():
        try:
            setup[name] = read_setting(name, text)
        except ConfigError as error:
            show_wrong_link(f"{error}. Shown: the preset's own.")
    return setup


def write_address(setup: dict[str, Any], wrong: list[str]) -> None:
    """Write the preset and what differs from it, so that the link brings the form back."""
    base = preset_values(setup["preset"])
    set_parameter("preset", setup["preset"])
    for name in fields_of(setup):
        if setup[name] != base[name] and name not in wrong:
            set_parameter(name, as_text(setup[name]))


assert {field.name for field in dataclasses.fields(Config)} == {"preset", *FIELDS}
