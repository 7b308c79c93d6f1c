"""What a run has in its folder of the position that it reached: to resume from, and to show."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np

from vae.model.base import Model
from vae.runs import layout
from vae.runs.schema import Row
from vae.runs.writer import RunWriter
from vae.training.checkpoints import Checkpoints, Position
from vae.training.clock import TrainingClock
from vae.training.early_stopping import best_epoch
from vae.training.live_snapshots import LiveSnapshots

__all__ = ["SavedState"]


class SavedState:
    """Writes checkpoint, best weights, snapshots and previews; reads the checkpoint.

    steps: of an epoch.
    """

    def __init__(
        self, model: Model, writer: RunWriter, live: LiveSnapshots, clock: TrainingClock, steps: int
    ) -> None:
        self.checkpoints = Checkpoints(model, writer.path)
        self._config, self._writer, self._live = model.config, writer, live
        self._clock, self._steps = clock, steps

    def save_epoch(
        self, position: Position, rows: list[Row], snapshot: dict[str, np.ndarray]
    ) -> None:
        """Save what a crash must not take and what the pages show of this epoch."""
        self._writer.arrays(layout.snapshot_file(position.epoch), **snapshot)
        self._live.after_epoch()
        # After the snapshot: a run that is killed in between still has one of its model.
        self.save_checkpoint(position)
        self.save_best(position, rows)

    def save_checkpoint(self, position: Position) -> None:
        """Save all that the run resumes from."""
        self.checkpoints.save(position)
        self._writer.status(
            epoch=position.epoch,
            step=position.step,
            kept=[*position],
            seconds_trained=round(self._clock.seconds, 3),
        )

    def save_best(self, position: Position, rows: list[Row]) -> None:
        """Save the weights apart if an epoch ends here and none was better."""
        epoch, step = position
        if not self._config.patience or step < self._steps:
            return
        if epoch and best_epoch(self._config, rows) == epoch:
            self.checkpoints.save_best(epoch)

    def show(self, position: Position) -> None:
        """Take a snapshot of exactly this position, where the run rests within an epoch."""
        if 0 < position.step < self._steps:
            self._live.take(position)

    def publish(self, request: int, epoch: int, write: Callable[[], None] | None) -> None:
        """Write the model as it is now into the folder; the time does not count as training.

        request: its number, which status.json repeats. write: None if weights are not finite.
        """
        status: dict[str, Any] = {"shown": request, "look_failed": True}
        with self._clock.stopped():
            if write is not None:
                try:
                    write()
                    status |= {"look_failed": False, "model_epoch": epoch}
                except Exception:
                    # A preview must not cost a run: a full disk, say.
                    logging.getLogger(__name__).exception("The model could not be published")
            self._writer.status(**status)
