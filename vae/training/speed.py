"""How quickly a run trains: what status.json says, and pages show, of its seconds."""

from __future__ import annotations

from vae.runs.writer import RunWriter
from vae.training.clock import TrainingClock

__all__ = ["Speed"]


class Speed:
    """Measures images a second between two rows, and the seconds of an epoch.

    batch: images of a step. steps: of an epoch.
    """

    def __init__(self, clock: TrainingClock, writer: RunWriter, batch: int, steps: int) -> None:
        self._clock, self._writer, self._batch, self._steps = clock, writer, batch, steps
        self._row_at = clock.seconds  # when the last row was written
        self.begin(0)

    def begin(self, step: int) -> None:
        """Measure the epoch from this step on, of which nothing is compiled any more."""
        self._began, self._first = self._clock.seconds, step

    def write_row(self, steps: int) -> None:
        """Write the rate of the steps since the last row, and all seconds until now."""
        now = self._clock.seconds
        rate = steps * self._batch / max(now - self._row_at, 1e-9)
        self._row_at = now
        self._writer.status(images_per_second=round(rate), seconds_trained=round(now, 3))

    def write_epoch(self) -> None:
        """Write how long an epoch takes, once it is over; what was not measured is projected."""
        if measured := self._steps - self._first:
            seconds = (self._clock.seconds - self._began) * self._steps / measured
            self._writer.status(seconds_per_epoch=round(seconds, 3))
