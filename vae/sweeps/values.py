"""The values of a setting that a sweep tries: a list, or a range of numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae.config.setting import accepted
from vae.config.setting_text import parse_setting
from vae.config.settings import SETTINGS, setting
from vae.errors import ConfigError

__all__ = ["Grid", "Range", "Vary", "grid_of", "parse_values", "values_text"]

SEED = "seed"
MAX_VALUES = 1000  # of one setting
RANGE = re.compile(
    r"(?P<low>[^.;,][^;,]*?)\.\.(?P<high>[^;,:]+)(?P<log>:log)?(?::(?P<count>\d{1,6}))?"
)


@dataclass(frozen=True)
class Range:
    """Numbers from low to high, both included.

    count: how many of them a grid has; proposals need none. log: in equal factors, not in equal
    steps. Raises ConfigError for ends that are in the wrong order, or below 0 with log.
    """

    low: float
    high: float
    count: int | None = None
    log: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ConfigError(f"A range goes from a number to a larger one. Received: {self}")
        if self.log and self.low <= 0:
            raise ConfigError(f"A range in equal factors begins above 0. Received: {self}")
        if self.count is not None and not 2 <= self.count <= MAX_VALUES:
            raise ConfigError(f"A range has 2 to {MAX_VALUES:,} values. Received: {self}")

    def __str__(self) -> str:
        count = "" if self.count is None else f":{self.count}"
        return f"{self.low:g}..{self.high:g}{':log' * self.log}{count}"

    def values(self, *, whole: bool) -> tuple[float, ...]:
        """Return the values of a grid; whole: as whole numbers, each once."""
        if self.count is None:
            raise ConfigError(
                f"A range in a grid says how many values it has, as {self}:5. Received: {self}"
            )
        space = np.geomspace if self.log else np.linspace
        found = space(self.low, self.high, self.count)
        if whole:
            return tuple(dict.fromkeys(round(float(value)) for value in found))
        # As a person would write them, to 3 digits where that tells them apart; its ends exactly.
        for digits in (3, 6):
            middle = [float(f"{value:.{digits}g}") for value in found[1:-1]]
            values = (self.low, *middle, self.high)
            if list(values) == sorted(set(values)):
                break
        return values


Vary = Mapping[str, Sequence[Any] | Range]
Grid = dict[str, tuple[Any, ...]]


def grid_of(vary: Vary) -> Grid:
    """Return the values of each setting, checked, each once.

    Raises ConfigError for an unknown setting or a value out of its range.
    """
    if not vary:
        raise ConfigError("A sweep varies one setting or more. Received: none")
    return {name: _values(name, values) for name, values in vary.items()}


def _values(name: str, values: Sequence[Any] | Range) -> tuple[Any, ...]:
    known = check_name(name)
    if isinstance(values, Range):
        values = values.values(whole=isinstance(known.default, int))
    elif isinstance(values, str) or not isinstance(values, Sequence):
        raise ConfigError(f"The values of {name} must be a list or a Range. Received: {values!r}")
    found = tuple(dict.fromkeys(accepted(name, known, value) for value in values))
    if not 1 <= len(found) <= MAX_VALUES:
        raise ConfigError(f"{name} needs 1 to {MAX_VALUES:,} values. Received: {len(found):,}")
    return found


def check_name(name: str) -> Any:
    """Return a setting that can be varied; raises ConfigError for any other name."""
    if name == SEED:
        raise ConfigError("Seeds are no setting of a sweep: say how many. Received: seed")
    if name not in SETTINGS or name == "preset":
        raise ConfigError(f"Settings are {', '.join(SETTINGS)}. Received: {name!r:.70}")
    return setting(name)


def parse_values(name: str, text: str) -> Sequence[Any] | Range:
    """Return what a person types for a setting: `0.5,1,4`, `0.1..10:log:5` or `2..10`.

    Between values that have commas themselves, as those of hidden, stand semicolons:
    `256,128; 512`. Raises ConfigError for what is neither.
    """
    default = check_name(name).default
    is_number = isinstance(default, int | float) and not isinstance(default, bool)
    found = RANGE.fullmatch(text.strip()) if is_number else None
    if found is not None:
        low, high = (_number(name, found[end]) for end in ("low", "high"))
        count = int(found["count"]) if found["count"] else None
        return Range(low, high, count, log=found["log"] is not None)
    mark = ";" if ";" in text or isinstance(default, tuple) else ","
    parts = [part.strip() for part in text.split(mark)]
    return [parse_setting(name, part) for part in parts if part]


def _number(name: str, text: str) -> float:
    value = parse_setting(name, text.strip())
    if isinstance(value, str):
        raise ConfigError(f"A range of {name} has two numbers. Received: {text!r:.40}")
    return accepted(name, setting(name), value)


def values_text(values: Sequence[Any] | Range) -> str:
    """Return values as `parse_values` reads them."""
    if isinstance(values, Range):
        return str(values)
    mark = "; " if any(isinstance(value, tuple | list) for value in values) else ", "
    return mark.join(value_text(value) for value in values)


def value_text(value: Any) -> str:
    """Return one value of a setting as text: `0.5`, `256,128`, `true`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ",".join(map(str, value))
    if isinstance(value, float) and float(f"{value:g}") == value:
        return f"{value:g}"
    return str(value)
