"""Settings as text: what a person types in a form or the command line, or an address says."""

from __future__ import annotations

from typing import Any

from vae.config.number_text import AmbiguousNumberError, parse_number, parse_numbers
from vae.config.setting import accepted
from vae.config.settings import setting
from vae.errors import ConfigError

__all__ = ["parse_setting", "read_setting"]


def read_setting(name: str, text: str) -> Any:
    """Return the value of a setting from what a person typed or an address says.

    Raises ConfigError for what cannot be read, is outside its range, or may be two numbers.
    """
    return accepted(name, setting(name), parse_setting(name, text))


def parse_setting(name: str, text: str) -> Any:
    """Return a text as a value, unchecked; a text that does not fit the setting's type stays text.

    Raises AmbiguousNumberError for what may be two numbers.
    """
    default = setting(name).default
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(default, str):
        return text
    try:
        if isinstance(default, tuple):
            return tuple(parse_numbers(text, whole=True))
        return parse_number(text, whole=isinstance(default, int))
    except AmbiguousNumberError as error:
        raise AmbiguousNumberError(error.question, f"{name}={text!r:.80}") from None
    except ConfigError:
        # The range check words the message, for text as for any other wrong value.
        return text
