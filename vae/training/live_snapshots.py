"""Snapshots while an epoch is trained, so that whoever watches sees learning from the first step.

They cost the training at most `MAX_FRACTION` of its time: what they take says how far apart they
are. Only the last few stay, and none once the epoch in which a run ended has its own.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from vae.model.base import Model
from vae.runs.writer import RunWriter
from vae.training.checkpoints import Position

__all__ = ["MAX_FILES", "LiveSnapshots"]

FIRST_STEPS = tuple(digit * 10**power for power in range(12) for digit in (1, 2, 5))
EVERY_SECONDS = 0.8  # so that with a call of a few steps in between there is one each second
MAX_FRACTION = 0.02  # of the time since the last one
MAX_FILES = 12


class TakesSnapshots(Protocol):
    """What takes a picture of a model: which arrays there are, its kind says."""

    def preview(self, model: Any) -> dict[str, np.ndarray]:
        """Return arrays of the model as it is now."""
        ...


class LiveSnapshots:
    """Takes snapshots within epochs: at steps 1, 2, 5, 10, ... of the first, then by the clock."""

    def __init__(
        self,
        model: Model,
        snapshots: TakesSnapshots,
        writer: RunWriter,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._model, self._snapshots, self._writer, self._clock = model, snapshots, writer, clock
        self._pause = EVERY_SECONDS  # between the end of one snapshot and the next one
        self._last = clock()
        self.seconds = 0.0  # that all of them have taken

    def steps_until_due(self, position: Position) -> int | float:
        """Return how many steps may be taken at once, so that the next one is at its step."""
        if position.epoch != 1:
            return float("inf")
        return next(step for step in FIRST_STEPS if step > position.step) - position.step

    def after_steps(self, position: Position) -> None:
        """Take a snapshot if it is due after these steps."""
        is_first_step = position.epoch == 1 and position.step in FIRST_STEPS
        if is_first_step or self._clock() - self._last >= self._pause:
            self.take(position)

    def take(self, position: Position) -> None:
        """Take one now, unless it would hold values that are not finite."""
        began = self._clock()
        try:
            pictures = self._snapshots.preview(self._model)
            if all(np.isfinite(array).all() for array in pictures.values()):
                self._writer.live_snapshot(position, pictures, MAX_FILES)
        except OSError:
            # A snapshot must not cost a run: a full disk, say, which the next checkpoint speaks of.
            logging.getLogger(__name__).exception("A live snapshot could not be written")
        self._last = self._clock()
        self.seconds += self._last - began
        self._pause = max(EVERY_SECONDS, (self._last - began) / MAX_FRACTION)

    def after_epoch(self) -> None:
        """Count the snapshot at an epoch's end, which shows the same, as the last one."""
        self._last = self._clock()
