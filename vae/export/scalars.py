"""A run's rows and metrics as named numbers, as TensorBoard, W&B or MLflow take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vae.errors import RunError
from vae.runs.schema import Row

__all__ = ["GlobalStep", "metric_scalars", "row_scalars"]

POSITION = ("kind", "epoch", "step")
VALIDATION = "val_"
PER_DIMENSION = "kl_per_dimension"


class GlobalStep:
    """Counts training steps from the run's beginning, where a row has those of its epoch.

    steps_per_epoch: `run.steps_per_epoch` of a run that is resumed; of a new one the end of its
    first epoch says it.
    """

    def __init__(self, steps_per_epoch: int = 0) -> None:
        self._steps = steps_per_epoch

    def __call__(self, row: Row) -> int:
        """Return the step at which a row was written. Raises RunError where that is unknown."""
        if row["kind"] == "epoch":
            self._steps = row["step"]
        if row["epoch"] > 1 and not self._steps:
            raise RunError(
                "The steps of a resumed run are counted with its run.steps_per_epoch. "
                f"Received: none, and a row of epoch {row['epoch']}"
            )
        return max(row["epoch"] - 1, 0) * self._steps + row["step"]


def row_scalars(row: Row) -> dict[str, float]:
    """Return what a row holds, by names in groups: in nats per image, as the row has it.

    `train/` are means since the last row, `epoch/` those of an epoch, `validation/` those of the
    validation images; a latent dimension's KL is `train/kl_per_dimension/z1`. A row that marks a
    change of settings has none: the next one holds them.
    """
    if row["kind"] == "change":
        return {}
    group = "epoch" if row["kind"] == "epoch" else "train"
    found: dict[str, float] = {}
    for name, value in row.items():
        if name in POSITION:
            continue
        held_out = name.startswith(VALIDATION)
        where = "validation" if held_out else group
        found |= _flat(f"{where}/{name.removeprefix(VALIDATION) if held_out else name}", value)
    return found


def metric_scalars(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of metrics.json as `test/elbo`, ...; what is no number is left out."""
    found: dict[str, float] = {}
    for name, value in metrics.items():
        if name != "epoch":
            found |= _flat(f"test/{name}", value)
    return found


def _flat(name: str, value: object) -> dict[str, float]:
    """Name the numbers of a value: itself, one for each latent dimension, or one for each class."""
    parts: dict[str, object] = {name: value}
    if isinstance(value, list) and name.endswith(PER_DIMENSION):
        parts = {f"{name}/z{index}": each for index, each in enumerate(value, start=1)}
    elif isinstance(value, dict):
        parts = {f"{name}/{key}": each for key, each in value.items()}
    return {
        name: float(each)
        for name, each in parts.items()
        if isinstance(each, int | float) and not isinstance(each, bool)
    }
