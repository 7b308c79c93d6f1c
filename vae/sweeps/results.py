"""What a sweep found: its rows as a table, the best of them, and which setting mattered."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np

from vae.errors import StudyError
from vae.sweeps.plan import run_key
from vae.sweeps.schema import Metric, SweepRow
from vae.sweeps.values import Grid

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LARGER_IS_BETTER",
    "METRICS",
    "best_run",
    "importances",
    "is_ranked",
    "means",
    "table_of",
]

METRICS: tuple[Metric, ...] = get_args(Metric)
LARGER_IS_BETTER: tuple[Metric, ...] = ("elbo", "accuracy")
NEITHER_IS_BETTER: tuple[Metric, ...] = ("kl", "active_units")
# Settings over whose values a metric is not the same quantity.
OTHER_UNITS = frozenset({"kind", "likelihood", "binarisation", "conditional"})
OTHER_WEIGHTS = frozenset({"beta", "capacity", "free_bits", "importance_samples"})


def is_ranked(metric: Metric, names: Collection[str]) -> bool:
    """Whether one value of a metric is better than another in a sweep over these settings."""
    unlike = OTHER_UNITS | (OTHER_WEIGHTS if metric == "loss" else frozenset[str]())
    return metric not in NEITHER_IS_BETTER and not unlike & set(names)


def table_of(rows: Sequence[SweepRow], names: Sequence[str]) -> pd.DataFrame:
    """Return a row for each run: a column for each setting in names, then what was found."""
    import pandas as pd

    found = [name for name in METRICS if any(name in row["metrics"] for row in rows)]
    columns = [*names, "seed", "state", *found, "seconds", "run"]
    records: list[dict[str, Any]] = [
        {**row["settings"], **row["metrics"], **_without_parts(row)} for row in rows
    ]
    return pd.DataFrame(records, columns=pd.Index(columns))


def _without_parts(row: SweepRow) -> dict[str, Any]:
    return {name: row[name] for name in ("seed", "state", "seconds", "run")} | {
        "state": str(row["state"])
    }


def means(rows: Sequence[SweepRow], metric: Metric) -> dict[str, list[float]]:
    """Return the metric of each combination of settings, a value for each seed that has it.

    Keys are those of `run_key` with seed 0.
    """
    found: dict[str, list[float]] = {}
    for row in rows:
        value = row["metrics"].get(metric)
        if value is not None and math.isfinite(value):
            found.setdefault(run_key(row["settings"], 0), []).append(value)
    return found


def best_run(rows: Sequence[SweepRow], metric: Metric) -> SweepRow:
    """Return the best run of the settings whose mean over seeds is best.

    Raises StudyError where no run has the metric, and for one of which no value is better.
    """
    if metric in NEITHER_IS_BETTER:
        raise StudyError(f"Of {metric} neither more nor less is better. Received: {metric!r}")
    by_settings = means(rows, metric)
    if not by_settings:
        known = [name for name in METRICS if any(name in row["metrics"] for row in rows)]
        raise StudyError(
            f"A metric that the runs have was expected, of {', '.join(known) or 'none so far'}. "
            f"Received: {metric!r:.40}"
        )
    sign = 1.0 if metric in LARGER_IS_BETTER else -1.0
    best = max(by_settings, key=lambda key: sign * float(np.mean(by_settings[key])))
    of_best = [
        row
        for row in rows
        if run_key(row["settings"], 0) == best and row["metrics"].get(metric) is not None
    ]
    return max(of_best, key=lambda row: sign * row["metrics"][metric])


def importances(rows: Sequence[SweepRow], grid: Grid, metric: Metric) -> dict[str, float]:
    """Return for each setting which share of the metric's variance its values explain, 0 to 1.

    The first-order part of an analysis of variance (Sobol' 1993): the variance of the means at its
    values, over the variance of all combinations, each of them by its mean over seeds. What is
    missing to 1 is due to settings together. {} until each combination has a run, and where nothing
    varies.
    """
    by_settings = {key: float(np.mean(values)) for key, values in means(rows, metric).items()}
    settings: dict[str, Mapping[str, Any]] = {
        run_key(row["settings"], 0): row["settings"] for row in rows
    }
    total = float(np.var(list(by_settings.values()))) if by_settings else 0.0
    if total <= 0.0 or len(by_settings) < math.prod(map(len, grid.values())):
        return {}
    found: dict[str, float] = {}
    for name, values in grid.items():
        parts = [
            [of for key, of in by_settings.items() if _same(settings[key].get(name), value)]
            for value in values
        ]
        counts = np.asarray([len(part) for part in parts], np.float64)
        middles = np.asarray([np.mean(part) for part in parts])
        overall = float(np.average(middles, weights=counts))
        found[name] = float(np.average((middles - overall) ** 2, weights=counts)) / total
    return found


def _same(value: Any, other: Any) -> bool:
    """Whether two values of a setting are one; a file has lists where settings have tuples."""
    if isinstance(value, list):
        value = tuple(cast("list[Any]", value))
    return value == other
