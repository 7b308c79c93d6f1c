"""Checkpoints: all that a training resumes from, and the best weights beside it.

This module alone writes and reads the two files:

checkpoint.npz, uncompressed, since it is written after every epoch and weights hardly shrink:
    epoch, step: after how many steps of which epoch it was taken. v0, v1, ...: the trainable
    variables, the optimizer's variables, and the state of the sampling layer's random generator.
    m0, m1, ...: the running means since the last row, which matter in the middle of an epoch.
best.npz: epoch, and v0, v1, ...: the weights with the smallest validation loss.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from vae.errors import RunError
from vae.files import replacing
from vae.model.keras_setup import keras
from vae.model.vae import VAE
from vae.runs import layout
from vae.runs.folder import RunFolder

__all__ = ["Checkpoints", "Position"]


class Position(NamedTuple):
    """The position of a run: after so many steps of this epoch; the first epoch is 1."""

    epoch: int
    step: int


class Checkpoints:
    """The checkpoint and the best weights of the run in `folder`, whose compiled model this is."""

    def __init__(self, model: VAE, folder: Path) -> None:
        self._model = model
        self._folder = RunFolder(folder)

    @property
    def exists(self) -> bool:
        """Whether there is a checkpoint to resume from."""
        return (self._folder.path / layout.CHECKPOINT).exists()

    def save(self, position: Position) -> None:
        """Replace the checkpoint by the state of the model at this position."""
        arrays = {name: np.array(value) for name, value in position._asdict().items()}
        arrays |= {f"v{i}": np.asarray(variable) for i, variable in enumerate(self._variables())}
        means = self._model.metrics_variables
        arrays |= {f"m{i}": np.asarray(variable) for i, variable in enumerate(means)}
        with replacing(self._folder.path / layout.CHECKPOINT) as temporary:
            np.savez(temporary, allow_pickle=False, **arrays)

    def restore(self) -> Position:
        """Set the model to its last checkpoint and return the position where that was taken.

        Raises RunError if the checkpoint is missing, damaged or another model's.
        """
        arrays = self._folder.arrays(layout.CHECKPOINT)
        try:
            for i, variable in enumerate(self._variables()):
                variable.assign(arrays[f"v{i}"])
            for i, variable in enumerate(self._model.metrics_variables):
                if f"m{i}" in arrays:
                    variable.assign(arrays[f"m{i}"])
            return Position(int(arrays["epoch"]), int(arrays["step"]))
        except (ValueError, KeyError) as error:
            raise _foreign(
                "checkpoint.npz must hold the state of this run's training", error, self._folder
            ) from None

    def save_best(self, epoch: int) -> None:
        """Replace the best weights by those of the model, which it has at the end of this epoch."""
        weights = {f"v{i}": values for i, values in enumerate(self._model.get_weights())}
        with replacing(self._folder.path / layout.BEST) as temporary:
            np.savez_compressed(temporary, allow_pickle=False, epoch=np.array(epoch), **weights)

    def restore_best(self, epoch: int) -> bool:
        """Give the model its best weights; return whether the file holds those of this epoch.

        Raises RunError if the file is damaged.
        """
        arrays = self._folder.arrays(layout.BEST)
        try:
            if not arrays or int(arrays["epoch"]) != epoch:
                return False
            self._model.set_weights([arrays[f"v{i}"] for i in range(len(arrays) - 1)])
            return True
        except (ValueError, KeyError) as error:
            raise _foreign(
                "best.npz must hold this run's best weights", error, self._folder
            ) from None

    def _variables(self) -> list[keras.Variable]:
        model = self._model
        return [
            *model.trainable_variables,
            *model.optimizer.variables,
            model.sampling.seed_generator.state,
        ]


def _foreign(expected: str, error: Exception, folder: RunFolder) -> RunError:
    """Return the error for arrays that are another model's."""
    detail = " ".join(str(error).split())
    return RunError(f"{expected}. Received: {folder.path} ({detail:.120})")
