"""A metric over the values of two settings, of what a sweep has found so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from vae.sweeps.plan import PlannedRun, run_key
from vae.sweeps.results import LARGER_IS_BETTER
from vae.sweeps.schema import Metric, SweepRow

__all__ = ["Cell", "HeatMap", "heat_map"]


class Cell(NamedTuple):
    """A combination of values, and what its runs have found.

    planned: its runs, one for each seed; none of a combination that is left out. values: the
    metric of those that have it. goodness: 0 of the worst cell to 1 of the best, by the means over
    seeds; None without a value or a rank.
    """

    planned: tuple[PlannedRun, ...]
    values: tuple[float, ...]
    goodness: float | None = None

    @property
    def mean(self) -> float:
        """The mean over seeds; nan without a value."""
        return float(np.mean(self.values)) if self.values else float("nan")

    @property
    def spread(self) -> float:
        """The standard deviation over seeds; nan of fewer than two."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else float("nan")


class HeatMap(NamedTuple):
    """cells: a row for each value of the setting `down`, a column for each of `across`."""

    across: str
    down: str
    columns: tuple[Any, ...]
    rows: tuple[Any, ...]
    cells: list[list[Cell]]


def heat_map(
    plan: Sequence[PlannedRun],
    found: Sequence[SweepRow],
    metric: Metric,
    across: str,
    down: str = "",
    fixed: Mapping[str, Any] | None = None,
    *,
    ranked: bool = True,
) -> HeatMap:
    """Lay a sweep's runs out over two settings; of one setting there is a single row.

    fixed: the values of other settings: runs with another value are left out. ranked: whether a
    value of the metric is better than another.
    """
    chosen = [
        planned
        for planned in plan
        if all(planned.settings.get(name) == value for name, value in (fixed or {}).items())
    ]
    values = {
        run_key(row["settings"], row["seed"]): row["metrics"][metric]
        for row in found
        if metric in row["metrics"]
    }
    parts: dict[tuple[Any, Any], list[PlannedRun]] = {}
    for planned in chosen:
        where = planned.settings[down] if down else "", planned.settings[across]
        parts.setdefault(where, []).append(planned)
    rows = tuple(dict.fromkeys(row for row, _ in parts))
    columns = tuple(dict.fromkeys(column for _, column in parts))
    cells = [[_cell(parts.get((row, column), []), values) for column in columns] for row in rows]
    return HeatMap(across, down, columns, rows, _ranked(cells, metric) if ranked else cells)


def _cell(planned: Sequence[PlannedRun], values: Mapping[str, float]) -> Cell:
    return Cell(tuple(planned), tuple(values[each.key] for each in planned if each.key in values))


def _ranked(cells: list[list[Cell]], metric: Metric) -> list[list[Cell]]:
    """Return the cells with how good each is among them."""
    means = [cell.mean for row in cells for cell in row if cell.values]
    if not means:
        return cells
    low, high = min(means), max(means)
    width = high - low or 1.0

    def goodness(cell: Cell) -> float | None:
        if not cell.values:
            return None
        fraction = (cell.mean - low) / width
        return fraction if metric in LARGER_IS_BETTER else 1.0 - fraction

    return [[cell._replace(goodness=goodness(cell)) for cell in row] for row in cells]
