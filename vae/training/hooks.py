"""What the caller of a training passes to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from vae.runs.schema import Row

__all__ = ["UNLIMITED", "Hooks"]

UNLIMITED = float("inf")


class Hooks(NamedTuple):
    """Functions that a training calls, all from its own thread.

    on_event: called with every row of the history as it is written. should_stop: True ends the run
    with what it learned. should_end: True pauses the run and ends the process. seconds: training
    time that the run may use in all. publish: writes the model as it is now into the run's folder.
    """

    on_event: Callable[[Row], None]
    should_stop: Callable[[], bool]
    should_end: Callable[[], bool]
    seconds: float
    publish: Callable[[], None]
