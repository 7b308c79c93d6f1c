"""The rows of a history: how they are put together, and means over several of them."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["ROWS_PER_EPOCH", "in_nats", "last_step_row", "mean_row", "row_ends", "step_parts"]

ROWS_PER_EPOCH = 10  # points on the live curves; fewer where an epoch has fewer steps


def row_ends(steps: int, after: int = 0) -> list[int]:
    """Return the steps of an epoch, at even distances, after which a row is written.

    steps: of the epoch. after: only later ones, where a run resumes in its middle.
    """
    ends = np.linspace(0, steps, min(ROWS_PER_EPOCH, steps) + 1, dtype=int)
    return [end for end in np.unique(ends).tolist() if end > after]


def in_nats(means: dict[str, Any], beta: float) -> dict[str, Any]:
    """Order a row: loss = reconstruction + beta * kl holds in it exactly."""
    reconstruction, kl = means["reconstruction"], sum(means["kl_per_dimension"])
    return {
        "loss": reconstruction + beta * kl,
        "reconstruction": reconstruction,
        "kl": kl,
        "kl_per_dimension": means["kl_per_dimension"],
    }


def mean_row(parts: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    """Return the means over rows, each weighed with the number of its steps."""
    weights = [steps for steps, _ in parts]
    means = {
        name: np.average([part[name] for _, part in parts], axis=0, weights=weights).tolist()
        for name in ("reconstruction", "kl_per_dimension")
    }
    norms = [part["gradient_norm"] for _, part in parts if "gradient_norm" in part]
    return means | ({"gradient_norm": float(np.mean(norms))} if norms else {})


def last_step_row(rows: list[dict[str, Any]], epoch: int) -> int:
    """Return the step up to which an epoch, the last one of these rows, has rows."""
    for row in reversed(rows):
        if row["epoch"] < epoch:
            break
        if row["kind"] == "step":
            return row["step"]
    return 0


def step_parts(rows: list[dict[str, Any]], epoch: int) -> list[tuple[int, dict[str, Any]]]:
    """Return an epoch's step rows, each with the number of steps that it is the mean of."""
    found = [row for row in rows if row["kind"] == "step" and row["epoch"] == epoch]
    ends = [0, *(row["step"] for row in found)]
    return [(row["step"] - end, row) for end, row in zip(ends, found, strict=False)]
