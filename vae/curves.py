"""The points of the learning curves, as a figure of any kind needs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["QUANTITIES", "curve_marks", "curve_points"]

QUANTITIES = {"loss": "Loss", "reconstruction": "Reconstruction", "kl": "KL"}
SHORT_NAMES = {"beta": "beta", "learning_rate": "rate", "noise": "noise"}
# More than a screen has pixels for.
MOST_POINTS = 1200
# The untrained network's loss would flatten all that follows.
FLATTENING_EPOCHS = 0.5
LONG_ENOUGH = 3


def curve_points(rows: Sequence[dict[str, Any]], steps: int) -> dict[str, dict[str, list[float]]]:
    """Return training and validation points: epoch and, in nats per image, each quantity.

    rows: `Run.rows`. steps: of an epoch, `Run.steps_per_epoch`.

    Training points are several an epoch, or one where a history keeps no more;
    validation points are one. The first half epoch is left out once there are more than three.
    """
    start = FLATTENING_EPOCHS if rows and rows[-1]["epoch"] > LONG_ENOUGH else 0.0
    training = [
        (place, row)
        for row in rows
        if row["kind"] == "step" and (place := row["epoch"] - 1 + row["step"] / steps) > start
    ]
    training = training or [(float(row["epoch"]), row) for row in rows if row["kind"] == "epoch"]
    training = training[:: 1 + len(training) // MOST_POINTS]
    validation = [(float(row["epoch"]), row) for row in rows if "val_loss" in row]
    return {"training": _columns(training, ""), "validation": _columns(validation, "val_")}


def curve_marks(rows: Sequence[dict[str, Any]], steps: int) -> list[dict[str, Any]]:
    """Return the moments at which settings were changed: epoch, and what in words."""
    return [
        {
            "epoch": max(row["epoch"] - 1, 0) + row["step"] / steps * (row["epoch"] > 0),
            "text": ", ".join(
                f"{SHORT_NAMES[name]} {row[name]:.3g}" for name in SHORT_NAMES if name in row
            ),
        }
        for row in rows
        if row["kind"] == "change"
    ]


def _columns(points: list[tuple[float, dict[str, Any]]], prefix: str) -> dict[str, list[float]]:
    columns = {"epoch": [place for place, _ in points]}
    for quantity in QUANTITIES:
        columns[quantity] = [row[f"{prefix}{quantity}"] for _, row in points]
    return columns
