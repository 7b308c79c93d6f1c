"""The commands that a run gets while it trains, and the steps that they allow until a pause."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Any

from vae.config import Config
from vae.errors import ConfigError
from vae.runs.control import (
    LIVE_SETTINGS,
    Commands,
    Control,
    Segment,
    segments_of,
    with_live_settings,
)
from vae.training.hooks import UNLIMITED, Hooks

__all__ = ["End", "RunCommands", "commanded_settings"]

POLL_SECONDS = 0.03
# A paused process holds hundreds of megabytes; the run itself is safe in its folder.
PAUSE_PATIENCE_SECONDS = 600.0


class End(StrEnum):
    """Why a session ends before the last epoch."""

    STOPPED = "stopped"  # by a person, or by the caller
    SUSPENDED = "suspended"  # paused, to be resumed by another process
    OUT_OF_TIME = "out_of_time"
    DIVERGED = "diverged"


class RunCommands:
    """The commands in a run's control.json, as far as they were applied.

    applied: the last ones that were taken. allowance: steps until the next pause.
    """

    def __init__(self, folder: Path, hooks: Hooks) -> None:
        self._commands, self._hooks = Commands(folder), hooks
        self.applied = Control()
        self.allowance = UNLIMITED

    def end(self) -> End | None:
        """Return how the caller wants the session to end, None to train on."""
        if self._hooks.should_stop():
            return End.STOPPED
        return End.SUSPENDED if self._hooks.should_end() else None

    def commanded_end(self) -> End | None:
        """Return how the applied commands want the session to end, None to train on."""
        return {"stop": End.STOPPED, "leave": End.SUSPENDED}.get(self.applied.action)

    def take_new(self, rest_of_epoch: int) -> Control | None:
        """Take the commands that were given since the last call; None if there are none.

        rest_of_epoch: the steps to its end, those of a whole one at an epoch's end.
        """
        control = self._commands.read()
        if control.serial == self.applied.serial:
            return None
        if control.turn != self.applied.turn:
            steps = {"pause": 0, "leave": 0, "batch": 1, "epoch": rest_of_epoch}
            self.allowance = steps.get(control.action, UNLIMITED)
        self.applied = control
        return control

    def segments(self, config: Config) -> tuple[Segment, ...]:
        """Return the configured epochs and those that were added until now, in their order."""
        return segments_of(config, self._commands.read())

    @property
    def is_single_step(self) -> bool:
        """Whether the next step is one that a person asked for alone."""
        return self.applied.action == "batch" and self.allowance == 1

    def wait(self) -> End | None:
        """Wait for another command; return SUSPENDED when that takes too long."""
        deadline = time.monotonic() + PAUSE_PATIENCE_SECONDS
        while self._commands.read().serial == self.applied.serial:
            if self.end():
                return None  # which whoever applies the commands finds again
            if time.monotonic() > deadline:
                return End.SUSPENDED
            time.sleep(POLL_SECONDS)
        return None


def commanded_settings(
    config: Config, settings: Config, control: Control
) -> tuple[Config, dict[str, Any]]:
    """Return the settings that are commanded, and those live ones that differ from now.

    config: as the run began. settings: of now.
    """
    try:
        new = with_live_settings(config, control.settings)
    except ConfigError:  # a file that another program wrote
        return settings, {}
    names = [name for name in LIVE_SETTINGS if getattr(new, name) != getattr(settings, name)]
    return new, {name: getattr(new, name) for name in names}
