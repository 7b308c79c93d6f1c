"""Settings that a link brings back: the address holds each that is not what it is at first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import streamlit as st

from pages._shared.address import set_parameter, take_parameter, takes_setting

__all__ = [
    "linked",
    "linked_choice",
    "linked_choices",
    "linked_decimal",
    "linked_number",
    "linked_switch",
]

T = TypeVar("T")
NOTHING = "none"  # chosen of several


def linked(
    name: str,
    where: str,
    default: T,
    read: Callable[[str], T | None],
    write: Callable[[T], str] = str,
) -> T:
    """Return a setting, which the address holds as `name` and the session as `where`.

    A link, Back or Forward has the last word; where it does not name the setting, or what it says
    cannot be read, it is the default. The widget beside it stores what the user chooses (see
    `persistent`). read: the value of a text; None or a ValueError for none. write: its text.
    """
    state = st.session_state
    if takes_setting(name):
        text = take_parameter(name)
        state[where] = None if text is None else _read(text, read)
    value = _valid(state.get(where), read, write)
    if value is None:
        return default
    if value != default:
        set_parameter(name, write(value))
    return value


def linked_choice(
    name: str,
    where: str,
    options: Iterable[T],
    default: T | None = None,
    text: Callable[[T], str] = str,
) -> T:
    """Return one of the options, by default the first; see `linked`.

    text: of an option; the address has it in small letters, with dashes for spaces.
    """

    def write(option: T) -> str:
        return text(option).lower().replace(" ", "-")

    there = list(options)
    by_text = {write(option): option for option in there}
    return linked(
        name,
        where,
        there[0] if default is None else default,
        lambda wanted: by_text.get(wanted.lower()),
        write,
    )


def linked_choices(
    name: str, where: str, options: Iterable[str], default: Iterable[str]
) -> list[str]:
    """Return several of the options; see `linked`."""
    there = list(options)

    def read(text: str) -> list[str] | None:
        wanted = [] if text == NOTHING else text.split()
        return wanted if {*wanted} <= {*there} and len({*wanted}) == len(wanted) else None

    def write(chosen: list[str]) -> str:
        return " ".join(chosen) or NOTHING

    return linked(name, where, list(default), read, write)


def linked_number(name: str, where: str, low: int, high: int, default: int) -> int:
    """Return a whole number from low to high; see `linked`."""

    def read(text: str) -> int | None:
        is_number = text.removeprefix("-").isdecimal() and len(text) < 20
        return int(text) if is_number and low <= int(text) <= high else None

    return linked(name, where, default, read)


def linked_decimal(name: str, where: str, low: float, high: float, default: float) -> float:
    """Return a number from low to high, of six digits at most; see `linked`."""

    def read(text: str) -> float | None:
        try:
            value = float(text)
        except ValueError:
            return None
        return value if low <= value <= high else None

    stored = st.session_state.get(where)
    if isinstance(stored, float):  # a slider of steps of 0.05 has 0.15000000000000002
        st.session_state[where] = float(f"{stored:g}")
    return linked(name, where, default, read, lambda value: f"{value:g}")


def linked_switch(name: str, where: str, default: bool = False) -> bool:
    """Return whether something is on; see `linked`."""
    return linked_choice(name, where, (False, True), default, lambda is_on: ["no", "yes"][is_on])


def _read(text: str, read: Callable[[str], T | None]) -> T | None:
    try:
        return read(text)
    except ValueError:  # of what is no number
        return None


def _valid(value: Any, read: Callable[[str], T | None], write: Callable[[T], str]) -> T | None:
    """Return what the session has stored, if the address could have said it."""
    try:
        found = None if value is None else read(write(value))
        return found if found == value and type(found) is type(value) else None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None
