"""The values that change while a run trains: learning rate, beta and KL capacity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vae.config import Config
from vae.model.objective import beta_at, capacity_at, learning_rate_at
from vae.runs.control import Segment

__all__ = ["Schedules"]


class Schedules(NamedTuple):
    """The schedules of one segment of a run.

    settings: the configuration with the live settings of now. steps: of an epoch.
    """

    settings: Config
    segment: Segment
    steps: int

    def learning_rate(self, epoch: int, step: int) -> float:
        """Return the learning rate of a step of an epoch; the first step is 0."""
        after, until = self.segment
        done = (epoch - 1 - after) * self.steps + step
        return learning_rate_at(self.settings, done, (until - after) * self.steps)

    def learning_rates(self, epoch: int, step: int, count: int) -> np.ndarray:
        """Return those of `count` steps from this one on: (count,), float32."""
        rates = [self.learning_rate(epoch, step + i) for i in range(count)]
        return np.array(rates, dtype=np.float32)

    def beta(self, epoch: int) -> float:
        """Return the weight of the KL in an epoch."""
        return beta_at(self.settings, epoch)

    def capacity(self, epoch: int) -> float:
        """Return the KL capacity in an epoch, in nats per image."""
        return capacity_at(self.settings, epoch)
