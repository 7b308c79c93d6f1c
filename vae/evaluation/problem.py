"""A problem of a training, and which of its rows tell about the settings of now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vae.runs.schema import LearnedRow, Row

__all__ = ["Problem", "rows_since_last_change"]


@dataclass(frozen=True)
class Problem:
    """What is wrong, why, and the settings with which the run may be cured."""

    name: str
    words: str
    cure: Mapping[str, float]
    button: str


def rows_since_last_change(rows: list[Row]) -> list[LearnedRow]:
    """Return the rows of the settings of now; none until a whole epoch was trained with them."""
    changes = [index for index, row in enumerate(rows) if row["kind"] == "change"]
    learned = [row for row in rows[changes[-1] if changes else 0 :] if row["kind"] != "change"]
    if not changes:
        return learned
    change = rows[changes[-1]]
    first = (change["epoch"], change["step"])
    # The epoch in which they changed has a mean of both.
    own = [row for row in learned if row["kind"] == "step" or first <= (row["epoch"], 0)]
    return own if any(row["kind"] == "epoch" for row in own) else []
