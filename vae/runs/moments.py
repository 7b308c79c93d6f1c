"""The moments of a training that can be shown: the ends of epochs, and the last ones within one."""

from __future__ import annotations

from typing import NamedTuple

from vae.runs import layout
from vae.runs.folder import RunFolder

__all__ = ["Moment", "moments_of"]


class Moment(NamedTuple):
    """A moment that has a snapshot.

    at: epochs since the start of the training, 2.5 in the middle of the third. file: its name.
    step: within the epoch; None at its end.
    """

    at: float
    file: str
    epoch: int
    step: int | None = None

    @property
    def words(self) -> str:
        """Where it is, for people."""
        return f"epoch {self.epoch}" + ("" if self.step is None else f", step {self.step:,}")


def moments_of(run: RunFolder) -> list[Moment]:
    """Return the moments of a run, the untrained network first."""
    steps = run.steps_per_epoch
    found = [
        Moment(float(epoch), layout.snapshot_file(epoch), epoch) for epoch in run.snapshot_epochs
    ]
    for epoch, step in run.live_snapshots:
        at = epoch - 1 + min(step / steps, 1.0)
        found.append(Moment(at, layout.live_snapshot_file(epoch, step), epoch, step))
    return sorted(found)
