"""A field for a number, as people write numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from pages._shared.typed_field import is_text_refused, typed_field
from vae.config.number_text import number_text, parse_number
from vae.errors import ConfigError

__all__ = ["between", "is_refused", "number_field", "persistent_number"]


def number_field(
    label: str,
    value: int,
    low: int,
    high: int,
    *,
    name: str,
    save: Callable[[int], None] | None = None,
    **options: Any,
) -> int | None:
    """Show a whole number and return it; None while something else stands there.

    What the user types is in st.session_state[name], as with `persistent`, or is given to `save`.
    """
    return typed_field(
        label,
        value,
        name=_control(name),
        read=partial(_read, low=low, high=high),
        write=number_text,
        save=save or (lambda number: st.session_state.update({name: number})),
        expected=f"A whole number {between(low, high)}.",
        **options,
    )


def persistent_number(
    label: str, value: int, low: int, high: int, *, name: str, **options: Any
) -> None:
    """Show a whole number that acts at once: the last one holds while something else is there."""
    number_field(label, value, low, high, name=name, keeps_last=True, **options)


def is_refused(name: str) -> bool:
    """Whether the text typed last is no number that the field accepts."""
    return is_text_refused(_control(name))


def between(low: float, high: float) -> str:
    """Say a range in words."""
    ends = (f"{end:,}" if isinstance(end, int) else f"{end:,g}" for end in (low, high))
    return "from {} to {}".format(*ends)


def _control(name: str) -> str:
    return f"{name}_control"


def _read(text: str, low: int, high: int) -> int:
    number = parse_number(text, whole=True)
    if not isinstance(number, int) or not low <= number <= high:
        raise ConfigError(f"A whole number {between(low, high)} was expected. Received: {text!r}")
    return number
