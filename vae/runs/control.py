"""What is requested of a run: pages write it, and the process that trains the run applies it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, NotRequired, TypedDict

from vae.config import Config
from vae.config.setting import Setting
from vae.config.settings import setting
from vae.errors import RunError
from vae.files import file_version, write_json, writing_to
from vae.runs.layout import CONTROL
from vae.runs.schema import ChangeRow, Row
from vae.schemas.reading import Count, Number, Text, decode, read

__all__ = [
    "ACTIONS",
    "LIVE_SETTINGS",
    "Commands",
    "Control",
    "Segment",
    "changed_settings",
    "parse_control",
    "read_control",
    "request",
    "segments_of",
    "trained_settings",
    "with_live_settings",
]

# run: train. pause: wait. batch, epoch: train one, then wait. stop: end, and make the model.
# leave: pause, and end the process.
ACTIONS = ("run", "pause", "batch", "epoch", "stop", "leave")
# Fields of `Config` that may change between two steps of a run.
LIVE_SETTINGS: tuple[Literal["beta", "learning_rate", "noise", "gradient_penalty"], ...] = (
    "beta",
    "learning_rate",
    "noise",
    "gradient_penalty",
)

_writing = threading.Lock()


class Segment(NamedTuple):
    """A stretch of a run with a schedule of its own: the epochs after `after`, up to `until`."""

    after: Count
    until: Count


class _Settings(TypedDict, total=False):
    beta: Number
    learning_rate: Number
    noise: Number
    gradient_penalty: Number


class _ControlFile(TypedDict):
    """control.json."""

    action: Text
    turn: Count
    serial: Count
    settings: _Settings
    more: tuple[Segment, ...]
    show: NotRequired[Count]


@dataclass(frozen=True)
class Control:
    """What is requested of a run now."""

    action: str = "run"
    turn: int = 0  # counts the actions, so that the same one can be requested twice
    serial: int = 0  # counts all requests: the process says which one it has applied
    settings: Mapping[str, float] = field(default_factory=dict[str, float])  # changed ones
    more: tuple[Segment, ...] = ()  # segments beyond the configured epochs
    show: int = 0  # counts the requests to write the model as it is at that moment


def read_control(folder: Path) -> Control:
    """Read what is requested of a run; a missing or damaged file requests nothing."""
    return _read(folder) or Control()


def parse_control(content: bytes) -> Control:
    """Read what the content of a control.json requests; a damaged one requests nothing."""
    try:
        return _control(decode(CONTROL, content, _ControlFile))
    except RunError:
        return Control()


def request(
    folder: Path,
    action: str | None = None,
    settings: Mapping[str, float] | None = None,
    segment: Segment | None = None,
    *,
    show: bool = False,
) -> Control:
    """Change what is requested of a run and return all that is requested now.

    Raises RunError if the folder cannot be written to.
    """
    with _writing:
        old = read_control(folder)
        new = Control(
            action or old.action,
            old.turn + (action is not None),
            old.serial + 1,
            {**old.settings, **(settings or {})},
            (*old.more, segment) if segment else old.more,
            old.show + show,
        )
        with writing_to(folder, "A run's folder must be writable"):
            write_json(folder / CONTROL, dataclasses.asdict(new))
    return new


def segments_of(config: Config, control: Control) -> tuple[Segment, ...]:
    """Return the configured epochs and those that were added, in their order."""
    return (Segment(0, config.epochs), *control.more)


def with_live_settings(config: Config, changed: Mapping[str, float]) -> Config:
    """Return a configuration with these settings, as far as they mean something for its kind.

    Raises ConfigError for a value outside its range.
    """
    return config.replace(**{name: value for name, value in changed.items() if config.uses(name)})


def trained_settings(config: Config, rows: Iterable[Row]) -> Config:
    """Return the settings that the last of a run's rows was trained with."""
    for row in rows:
        if row["kind"] == "change":
            config = with_live_settings(config, changed_settings(row))
    return config


def changed_settings(row: ChangeRow) -> dict[str, float]:
    """Return the live settings that a row says were changed, by their names."""
    values = {name: row.get(name) for name in LIVE_SETTINGS}
    return {name: value for name, value in values.items() if value is not None}


class Commands:
    """Reads what is requested of a run, as often as it is called: each costs microseconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._version: tuple[int, int] | None = None
        self._control = Control()

    def read(self) -> Control:
        """Return what is requested now."""
        mark = file_version(self._folder / CONTROL)
        if any(mark) and mark != self._version:
            # A damaged file changes nothing: a paused run would resume by itself.
            self._version, self._control = mark, _read(self._folder) or self._control
        return self._control


def _read(folder: Path) -> Control | None:
    try:
        return _control(read(folder / CONTROL, _ControlFile))
    except (FileNotFoundError, RunError):
        return None


def _control(values: _ControlFile) -> Control:
    action = str(values["action"])
    return Control(
        action if action in ACTIONS else "run",
        values["turn"],
        values["serial"],
        _valid(values["settings"]),
        values["more"],
        values.get("show", 0),
    )


def _valid(settings: _Settings) -> dict[str, float]:
    """Return the settings that are within their limits."""
    found = {name: settings.get(name) for name in LIVE_SETTINGS}
    return {
        name: value
        for name, value in found.items()
        if value is not None and _is_within(setting(name), value)
    }


def _is_within(limits: Setting, value: float) -> bool:
    low, high = limits.low, limits.high
    return (low is None or low <= value) and (high is None or value <= high)
