"""A setting of a run: what is known of it, and which values it accepts."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from vae.errors import ConfigError
from vae.kinds import Part

__all__ = ["MAX_HIDDEN_LAYERS", "Setting", "accepted", "setting_field"]

MAX_HIDDEN_LAYERS = 6


@dataclass(frozen=True)
class Setting:
    """What a form, the command line and the validation know of one field of `Config`.

    needs: the part of a kind without which the field means nothing. without: what it then holds,
    where that is not the default.
    """

    default: Any
    label: str
    help: str
    low: float | None = None
    high: float | None = None
    choices: Collection[str] = ()
    needs: Part | None = None
    without: float | None = None

    @property
    def neutral(self) -> Any:
        """What the field holds where it means nothing."""
        return self.default if self.without is None else self.without


def setting_field(default: Any, label: str, help: str, **limits: Any) -> Any:
    """Return the field of a dataclass that is a setting, which stands in its metadata."""
    known = Setting(default, label, help, **limits)
    return dataclasses.field(default=default, metadata={"setting": known})


def accepted(name: str, setting: Setting, value: Any) -> Any:
    """Return a value in the setting's own type.

    Raises ConfigError for one of another type, out of range or not among the choices.
    """
    if isinstance(setting.default, bool):
        if not isinstance(value, bool):
            raise ConfigError(f"{name} must be true or false. Received: {name}={value!r:.80}")
        return value
    if isinstance(setting.default, str):
        if not isinstance(value, str) or (setting.choices and value not in setting.choices):
            expected = f"one of {', '.join(setting.choices)}" if setting.choices else "text"
            raise ConfigError(f"{name} must be {expected}. Received: {name}={value!r:.80}")
        return value
    if isinstance(setting.default, tuple):
        sizes = cast("list[Any]", value) if isinstance(value, tuple | list) else None
        if sizes is None or len(sizes) > MAX_HIDDEN_LAYERS:
            raise ConfigError(
                f"{name} must be up to {MAX_HIDDEN_LAYERS} whole numbers, such as 256, 128. "
                f"Received: {name}={value!r:.80}"
            )
        return tuple(_number(name, item, setting, whole=True) for item in sizes)
    return _number(name, value, setting, whole=isinstance(setting.default, int))


def _number(name: str, value: Any, setting: Setting, *, whole: bool) -> Any:
    kind = "a whole number" if whole else "a number"
    real = isinstance(value, int | float) and not isinstance(value, bool)
    low, high = setting.low or 0, math.inf if setting.high is None else setting.high
    # The range first: it also refuses NaN and infinity, which int() cannot take.
    if not (real and low <= value <= high) or (whole and value != int(value)):
        raise ConfigError(
            f"{name} must be {kind} from {low:,} to {high:,}. Received: {name}={value!r:.80}"
        )
    return int(value) if whole else float(value)
