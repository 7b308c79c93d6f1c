"""Numbers as people type them: 1e3, 0,001, 1 000, +5, −2; and lists of them.

How a comma or a dot is read:

- In a number that may have decimals, 0,5 is a half, and so is 0.5. A comma before three digits, as
  in 1,500, may be either sign: whoever types it is asked. A dot there is the decimal sign, as it is
  everywhere in this project.
- A whole number has no decimals, so there 1,500 and 1.500 are one thousand five hundred.
- In a list commas stand between numbers, and none of them begins with 0: who types 1,024 is asked.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from vae.errors import ConfigError

__all__ = ["AmbiguousNumberError", "number_text", "numbers_text", "parse_number", "parse_numbers"]

MAX_CHARACTERS = 100
# Signs that look like those of ASCII and mean the same.
ALIKE = str.maketrans("−–－＋，．’٫\u00a0\u2009\u202f", "---+,.'.   ")
NUMBER = re.compile(r"([+-]?) ?([\d.,' _]+)(?:e([+-]?\d{1,6}))?", re.IGNORECASE)
TIMES_POWER = re.compile(r" *[×x*·] *10 *(?:\^|\*\*) *")
DECIMALS = re.compile(r"(\d*)(?:[.,](\d*))?")
THOUSANDS = re.compile(r"([1-9]\d{0,2}(?:([ ,.'_])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d*))?")


class AmbiguousNumberError(ConfigError):
    """A text that two people would read as two numbers; question: which of them is meant."""

    def __init__(self, question: str, received: str) -> None:
        super().__init__(f"{question} Received: {received}")
        self.question = question


def parse_number(text: str, *, whole: bool = False) -> float:
    """Return the number that a text says; an int, where it is whole and `whole` is asked for.

    Raises ConfigError for anything but a number, AmbiguousNumberError for what may be two. A
    fraction is no error where a whole number is asked for: the range check words it.
    """
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(
            f"A number of at most {MAX_CHARACTERS} characters. Received: {text!r:.60}"
        )
    plain = TIMES_POWER.sub("e", _ascii(text).strip())
    found = NUMBER.fullmatch(plain)
    if not found:
        raise ConfigError(f"A number was expected. Received: {text!r:.60}")
    sign, digits, power = found.groups()
    exact = Decimal(f"{sign}{_digits(digits.strip(), text, whole)}e{power or 0}")
    number = float(exact) + 0.0  # which makes -0 a 0
    if exact and not number:
        raise ConfigError(f"A number that a float can hold was expected. Received: {text!r:.60}")
    # By its digits, since a float holds 16 of them.
    return int(exact) if whole and number.is_integer() else number


def parse_numbers(text: str, *, whole: bool = False) -> list[float]:
    """Return the numbers of a list, with or without brackets.

    Between them are commas, or semicolons, or spaces alone. Raises like `parse_number`.
    """
    inner = _ascii(text).strip()
    if (inner[:1], inner[-1:]) in (("[", "]"), ("(", ")")):
        inner = inner[1:-1]
    is_spaced = re.search(r"\S\s+\S", inner) and not re.search(r",\s|\s,", inner)
    mark = ";" if ";" in inner else None if is_spaced else ","
    parts = [part.strip() for part in inner.split(mark)]
    for before, part in itertools.pairwise(parts):
        if mark != ";" and re.match(r"0\d", part):
            raise AmbiguousNumberError(
                f"Is it one number, {before}{part}, or two, {before} and {part.lstrip('0') or 0}?",
                f"{text!r:.60}",
            )
    return [parse_number(part, whole=whole) for part in parts if part]


def number_text(value: float) -> str:
    """Return a number as a field shows it and `parse_number` reads it, to the last digit."""
    return repr(value).removesuffix(".0")


def numbers_text(values: Iterable[float]) -> str:
    """Return a list of numbers as a field shows it and `parse_numbers` reads it."""
    return ", ".join(map(number_text, values))


def _digits(digits: str, text: str, whole: bool) -> str:
    """Return digits, with a dot where decimals begin."""
    decimal, grouped = DECIMALS.fullmatch(digits), THOUSANDS.fullmatch(digits)
    if not any(map(str.isdigit, digits)) or not (decimal or grouped):
        raise ConfigError(f"A number was expected. Received: {text!r:.60}")
    with_decimals = f"{decimal[1] or 0}.{decimal[2] or 0}" if decimal else ""
    if not grouped:
        return with_decimals
    with_thousands = f"{re.sub(r'[^0-9]', '', grouped[1])}.{grouped[3] or 0}"
    if not decimal or whole:
        return with_thousands
    if "." in digits:
        return with_decimals
    one, other = (number_text(float(each)) for each in (with_decimals, with_thousands))
    raise AmbiguousNumberError(f"Is it {one} or {other}?", f"{text!r:.60}")


def _ascii(text: str) -> str:
    """Return a text with all scripts' digits, and signs that look alike, as ASCII has them."""
    digits = (str(unicodedata.decimal(each, each)) for each in text)
    return "".join(digits).translate(ALIKE)
