"""Writes the rows of a run's history, and holds all that the run has."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, cast

import numpy as np

from vae.config import Config
from vae.model.base import Model
from vae.runs.control import LIVE_SETTINGS, trained_settings
from vae.runs.run import Run
from vae.runs.schema import ChangeRow, LearnedRow, Row
from vae.runs.writer import RunWriter
from vae.training.checkpoints import Position
from vae.training.history_rows import (
    NORMS,
    AnyMeans,
    last_step_row,
    mean_row,
    row_parts,
    step_parts,
)
from vae.training.schedules import Schedules

__all__ = ["RowWriter"]


class RowWriter:
    """Appends rows to history.jsonl, keeps status.json in step with them, and calls `on_event`.

    rows: all of the run's, as they are in the file.
    """

    def __init__(self, model: Model, writer: RunWriter, on_event: Callable[[Row], None]) -> None:
        self.rows: list[Row] = []
        self._model, self._config = model, model.config
        self._writer, self._on_event = writer, on_event

    def resume(self, position: Position, steps: int) -> None:
        """Forget what was written after a checkpoint, and read the rows before it."""
        self._writer.rewind(*position, steps)
        self.rows = [*Run(self._writer.path).rows]

    def unwritten_steps(self, position: Position) -> int:
        """Return how many steps of the epoch have no row yet."""
        return position.step - last_step_row(self.rows, position.epoch)

    def settings(self) -> Config:
        """Return the configuration with the live settings that rows say were changed."""
        return trained_settings(self._config, self.rows)

    def write_step(self, position: Position, schedules: Schedules, means: AnyMeans) -> None:
        """Write the means over the steps since the last row."""
        row = self._learned_row("step", position, schedules, means)
        self._write(cast("LearnedRow", row))

    def write_epoch(
        self,
        position: Position,
        schedules: Schedules,
        validation: AnyMeans | None,
        snapshot: dict[str, np.ndarray],
    ) -> None:
        """Write the means over an epoch, which are those over the rows of its steps.

        validation: the means over the validation images, None without any. snapshot: as
        `Snapshots.take` returns it.
        """
        means = mean_row(step_parts(self.rows, position.epoch))
        row = self._learned_row("epoch", position, schedules, means)
        distance = float(snapshot.get("prior_distance", math.inf))
        if self._config.has("posterior") and math.isfinite(distance):
            row["prior_distance"] = distance
        if validation is not None:
            parts = row_parts(validation, row.get("beta", 0.0))
            row |= {f"val_{name}": value for name, value in parts.items()}
        self._write(cast("LearnedRow", row))

    def write_change(self, position: Position, changed: dict[str, float]) -> None:
        """Write that live settings act from the next step on."""
        row: ChangeRow = {"kind": "change", "epoch": position.epoch, "step": position.step}
        for name in LIVE_SETTINGS:
            if name in changed:
                row[name] = changed[name]
        self._write(row)

    def _learned_row(
        self,
        kind: Literal["step", "epoch"],
        position: Position,
        schedules: Schedules,
        means: AnyMeans,
    ) -> dict[str, Any]:
        epoch, step = position
        # As float32, as the step has them.
        beta = float(np.float32(schedules.beta(epoch)))
        rate = float(np.float32(schedules.learning_rate(epoch, step - 1)))
        row: dict[str, Any] = {"kind": kind, "epoch": epoch, "step": step}
        row |= row_parts(means, beta)
        if "kl" in row:
            row["beta"] = beta
        row["learning_rate"] = rate
        row |= {name: value for name, value in means.items() if name in NORMS}
        if self._config.capacity:
            row["capacity"] = float(np.float32(schedules.capacity(epoch)))
        return row | self._model.row_extras()

    def _write(self, row: Row) -> None:
        self._writer.row(row)
        self.rows.append(row)
        self._writer.status(epoch=row["epoch"], step=row["step"])
        self._on_event(row)
