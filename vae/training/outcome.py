"""How a session ended, in words for who reads the run's page."""

from __future__ import annotations

from typing import NamedTuple

from vae.training.checkpoints import Position
from vae.training.commands import End

__all__ = ["Outcome", "diverged", "ended", "finished", "stopped_early"]


class Outcome(NamedTuple):
    """The epoch of the run's weights, its state, and the reason, which may be empty."""

    epoch: int
    state: str
    reason: str


def finished(epoch: int) -> Outcome:
    """Return the outcome of a run that has trained all of its epochs."""
    return Outcome(epoch, "finished", "")


def stopped_early(epoch: int, best: int) -> Outcome:
    """Return the outcome of a run that early stopping ended after this epoch; best: the epoch."""
    reason = (
        f"Stopped early after epoch {epoch}: the validation loss was best in epoch {best}, whose "
        "weights are kept."
    )
    return Outcome(epoch, "finished", reason)


def diverged(epoch: int, saved: int, learning_rate: float) -> Outcome:
    """Return the outcome of a run that diverged in this epoch; saved: the checkpoint's epoch."""
    reason = (
        f"The loss was no longer a finite number in epoch {epoch}. Kept: the weights of epoch "
        f"{saved}. The learning rate of {learning_rate:g} is likely too large: try "
        f"{learning_rate / 10:g}."
    )
    return Outcome(saved, "diverged", reason)


def ended(end: End, position: Position, steps: int, seconds: float) -> Outcome:
    """Return the outcome of a run that was ended at a position before its last epoch.

    steps: of an epoch. seconds: training time that the run had in all.
    """
    epoch, step = position
    if end is End.SUSPENDED:
        where = f"in epoch {epoch}, after step {step:,} of {steps:,}"
        return Outcome(epoch, "paused", f"Paused {where}.")
    if end is End.OUT_OF_TIME:
        minutes = f"{seconds / 60:g} minutes"
        return Outcome(epoch, "stopped", f"The limit of {minutes} of training is reached.")
    return Outcome(epoch, "stopped", f"Stopped by hand in epoch {epoch}.")
