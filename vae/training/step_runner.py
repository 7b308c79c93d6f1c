"""Takes the steps of a run, and measures them: means, norms of gradients, one step taken apart."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from vae.data.datasets import Dataset
from vae.dotted_path import resolve
from vae.kinds import KINDS
from vae.model.base import Model
from vae.training.checkpoints import Position
from vae.training.history_rows import AnyMeans, LossMeans
from vae.training.loop import Loop
from vae.training.schedules import Schedules

__all__ = ["StepRunner"]


class StepRunner:
    """Runs a compiled model's steps on the training images, in batches of this size.

    compiled: whether a step was taken: the first call takes longer than those that follow.
    """

    def __init__(self, model: Model, dataset: Dataset, batch: int) -> None:
        self.compiled = False
        self._model, self._labels = model, dataset.y_train
        self._loop = Loop(model, dataset.x_train, batch, dataset.y_train)
        self._gradients = resolve(KINDS[model.config.kind].gradients)(model)

    @property
    def steps_at_once(self) -> int:
        """How many steps one call should take, so that commands are answered soon."""
        return self._loop.steps_at_once

    def take(self, batches: np.ndarray, position: Position, schedules: Schedules) -> None:
        """Take one step for each of these batches of indices (steps, batch), from a position on."""
        self._set_schedule(position, schedules)
        self._train(batches, position, schedules)

    def take_apart(
        self, batches: np.ndarray, position: Position, schedules: Schedules
    ) -> dict[str, np.ndarray]:
        """Take a single step, batches (1, batch); return it taken apart, as step.npz holds it."""
        config, (batch,) = self._model.config, batches
        self._set_schedule(position, schedules)
        trace: dict[str, Any] = self._gradients.before(
            self._loop.images(batch), self._labels[batch]
        )
        self._train(batches, position, schedules)
        trace |= self._gradients.after()
        trace["learning_rate"] = schedules.learning_rate(*position)
        trace |= {"kind": config.kind, "conditional": config.conditional}
        trace |= {"epoch": position.epoch, "step": position.step + 1, "steps": schedules.steps}
        return {name: np.asarray(value) for name, value in trace.items()}

    def means(self, batch: np.ndarray | None = None) -> AnyMeans | None:
        """Return the means over the steps since the last call, or None if they are not finite.

        In nats per image. batch: indices (n,) of images on which the norms of gradients are
        measured too.
        """
        means: dict[str, Any] = {**self._loop.results()}
        if not np.isfinite(means["loss"]):
            return None
        if batch is not None:
            norms = self._gradients.norms(self._loop.images(batch), self._labels[batch])
            means |= {name: norm for name, norm in norms.items() if np.isfinite(norm)}
        return cast("AnyMeans", means)

    def validate(self, indices: np.ndarray) -> LossMeans | None:
        """Return the means over these images (N,), which no step uses; None without any."""
        return self._loop.evaluate(indices) if len(indices) else None

    def has_finite_weights(self) -> bool:
        """Whether all weights are numbers: a loss says so only at the next row."""
        return all(np.isfinite(weights).all() for weights in self._model.get_weights())

    def _set_schedule(self, position: Position, schedules: Schedules) -> None:
        beta, capacity = schedules.beta(position.epoch), schedules.capacity(position.epoch)
        self._model.set_schedule(schedules.settings, beta, capacity)

    def _train(self, batches: np.ndarray, position: Position, schedules: Schedules) -> None:
        self._loop.train(batches, schedules.learning_rates(*position, len(batches)))
        self.compiled = True
