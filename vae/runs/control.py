"""What a person asks of a run: written by who shows it, obeyed by the process that trains it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict

from vae.config import Config, setting
from vae.errors import RunError
from vae.files import file_mark, write_json, writing_to
from vae.schema import Count, Number, Text, decode, read

__all__ = [
    "ACTIONS",
    "LIVE_SETTINGS",
    "Commands",
    "Control",
    "Segment",
    "ask",
    "parse_control",
    "read_control",
    "segments_of",
]

# run: train on. pause: wait. batch, epoch: train one, then wait. stop: end, and make the model.
# leave: pause, and end the process.
ACTIONS = ("run", "pause", "batch", "epoch", "stop", "leave")
# Fields of `Config` that may change between two steps of a run.
LIVE_SETTINGS = ("beta", "learning_rate", "noise")
FILE = "control.json"

_writing = threading.Lock()


class Segment(NamedTuple):
    """A stretch of a run with a schedule of its own: the epochs after `after`, up to `until`."""

    after: Count
    until: Count


class _Settings(TypedDict, total=False):
    beta: Number
    learning_rate: Number
    noise: Number


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
    """The wishes that hold now."""

    action: str = "run"
    turn: int = 0  # counts the actions, so that the same one can be asked for twice
    serial: int = 0  # counts all values: the process says which one it has seen
    settings: Mapping[str, float] = field(default_factory=dict)  # those that were changed
    more: tuple[Segment, ...] = ()  # segments beyond the configured epochs
    show: int = 0  # counts the wishes to see the model as it is at that moment


def read_control(folder: Path) -> Control:
    """Read what is asked of a run; a missing or damaged file asks for nothing."""
    return _read(folder) or Control()


def parse_control(content: bytes) -> Control:
    """Read wishes from what a control.json holds; what is none of them asks for nothing."""
    try:
        return _control(decode(FILE, content, _ControlFile))
    except RunError:
        return Control()


def ask(
    folder: Path,
    action: str | None = None,
    settings: Mapping[str, float] | None = None,
    segment: Segment | None = None,
    *,
    show: bool = False,
) -> Control:
    """Change what is asked of a run and return all that is asked of it now.

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
            write_json(folder / FILE, dataclasses.asdict(new))
    return new


def segments_of(config: Config, control: Control) -> tuple[Segment, ...]:
    """Return the configured epochs and those that were added, in their order."""
    return (Segment(0, config.epochs), *control.more)


class Commands:
    """Looks again and again at what is asked of a run; a look costs microseconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self._control = Control()

    def look(self) -> Control:
        """Return what is asked now."""
        mark = file_mark(self._folder / FILE)
        if any(mark) and mark != self._seen:
            # A damaged file changes no wish: a paused run would go on by itself.
            self._seen, self._control = mark, _read(self._folder) or self._control
        return self._control


def _read(folder: Path) -> Control | None:
    try:
        return _control(read(folder / FILE, _ControlFile))
    except (FileNotFoundError, RunError):
        return None


def _control(values: _ControlFile) -> Control:
    action = str(values["action"])
    return Control(
        action if action in ACTIONS else "run",
        values["turn"],
        values["serial"],
        {name: value for name, value in values["settings"].items() if _can_be(name, value)},
        values["more"],
        values.get("show", 0),
    )


def _can_be(name: str, value: float) -> bool:
    limits = setting(name)
    return limits.low <= value <= limits.high
