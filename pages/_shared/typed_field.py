"""A field whose text is read: what cannot be read is said there, and nothing takes it over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, TypeVar

import streamlit as st

from pages._shared.controlled import accept, controlled_key, is_unread, typed_text
from pages._shared.plain import plain
from vae.config.number_text import AmbiguousNumberError
from vae.errors import ConfigError

__all__ = ["forget_typed", "is_text_refused", "typed_field"]

T = TypeVar("T")
# In the session, by a field's name: a text that could not be read, and what it did not replace.
REFUSED = "refused_texts"
READERS = "readers_of_texts"  # in the session, by a field's name: what takes over what is typed
MAX_QUOTED = 30


def typed_field(
    label: str,
    value: T,
    *,
    name: str,
    read: Callable[[str], T],
    write: Callable[[T], str],
    save: Callable[[T], None],
    expected: str,
    keeps_last: bool = False,
    width: int | Literal["stretch"] = "stretch",
    **options: Any,
) -> T | None:
    """Show a value as text and return it; None while there stands what cannot be read.

    read: raises ConfigError. save: takes the typed value. expected: what can be read, in a
    sentence. keeps_last: the value stays in use meanwhile, and the sentence at the field says so.
    """
    shown = write(value)
    text, complaint = shown, None
    readers = st.session_state.setdefault(READERS, {})
    readers[name] = partial(_read_input, name, shown, read, write, save)
    if not options.get("disabled"):
        if is_unread(name):
            _read_newest(name)
            st.rerun()
        text, complaint = _refused(name, shown, read)
    if complaint is None:
        forget_typed(name)
    # The kind of value in the key, for what typed_fields.js does with numbers.
    with st.container(key=f"typed-{type(value).__name__}-{name}", gap=None):
        st.text_input(
            label,
            key=controlled_key(name, text),
            on_change=_read_newest,
            args=(name,),
            autocomplete="off",
            width=width,
            **options,
        )
        if complaint is not None:
            words = complaint.question if isinstance(complaint, AmbiguousNumberError) else expected
            quoted = text.strip()
            quoted = quoted if len(quoted) <= MAX_QUOTED else f"{quoted[: MAX_QUOTED - 1]}…"
            said = f"You typed “{quoted}”." if quoted else "The field is empty."
            still = f" Still used: {shown}." if keeps_last else ""
            # In a row of several fields the sentence stands below all of them.
            whose = "" if width == "stretch" else f"{label}: "
            st.markdown(f":red[{plain(f'{whose}{words} {said}{still}')}]")
    return value if complaint is None else None


def forget_typed(name: str) -> None:
    """Discard the text of a field that could not be read: it shows its value again."""
    st.session_state.get(REFUSED, {}).pop(name, None)


def is_text_refused(name: str) -> bool:
    """Whether the text typed last into a field could not be read.

    In a callback too: of a field and a button in one message, the button's may be called first.
    """
    if is_unread(name):
        _read_newest(name)
    return name in st.session_state.get(REFUSED, {})


def _refused(name: str, shown: str, read: Callable[[str], Any]) -> tuple[str, ConfigError | None]:
    """Return what a field shows, and why that cannot be read."""
    text, instead_of = st.session_state.get(REFUSED, {}).get(name, (shown, shown))
    if text == shown or instead_of != shown:  # the app has changed the value since
        return shown, None
    try:
        read(text)
    except ConfigError as error:
        return text, error
    return shown, None  # it can be read now, but nothing took it over


def _read_newest(name: str) -> None:
    """Read what was typed, as the field is now: the one typed into may show what it was before."""
    st.session_state[READERS][name]()


def _read_input(
    name: str, shown: str, read: Callable[[str], T], write: Callable[[T], str],
    save: Callable[[T], None],
) -> None:  # fmt: skip
    text = typed_text(name)
    try:
        value = read(text)
    except ConfigError:
        st.session_state.setdefault(REFUSED, {})[name] = text, shown
    else:
        forget_typed(name)
        save(value)
        text = write(value)
    accept(name, text)  # at the end, since what was stopped before is to be done again
