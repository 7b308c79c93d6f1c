"""Runs as a table: one row a run, as pandas has it."""
# pandas comes without types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from vae.data.own_sets import current_name
from vae.runs.run import Run
from vae.runs.summary import RunSummary

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FIGURES", "as_records", "as_table"]

# In nats per image up to nll; in the order of the columns.
FIGURES = (
    "reconstruction",
    "kl",
    "elbo",
    "nll",
    "frechet_distance",
    "active_units",
    "accuracy",
)


def as_records(runs: Iterable[Run], summary: Callable[[Run], RunSummary]) -> list[dict[str, Any]]:
    """Return a dictionary for each run, of plain values: what `as_table` has as columns."""
    title = cache(current_name)  # of many runs that learned the same images it is looked up once
    return [_record(run, summary(run), title) for run in runs]


def as_table(records: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return records as a table; a figure that was not measured is missing."""
    import pandas as pd  # which loads for half a second, and records do without

    table = pd.DataFrame(records, columns=_COLUMNS)
    numbers = dict.fromkeys(("seconds", *FIGURES), "float64")
    table = table.astype({**numbers, "epochs": "int64", "active_units": "Int64", "built_in": bool})
    table["created"] = pd.to_datetime(table["created"], format="ISO8601", utc=True, errors="coerce")
    return table


_COLUMNS = [
    *("id", "name", "tags", "note", "dataset", "kind", "preset", "differs", "epochs"),
    *FIGURES,
    *("seconds", "state", "created", "built_in", "losses"),
]


def _record(run: Run, found: RunSummary, title: Callable[[str, str], str]) -> dict[str, Any]:
    return {
        "id": run.id,
        "short_id": run.short_id,
        "name": run.metadata.name,
        "tags": list(run.metadata.tags),
        "note": run.metadata.note,
        "dataset": found.title or title(found.dataset, found.fingerprint),
        "kind": found.kind,
        "preset": found.preset,
        "differs": found.differs,
        "epochs": found.epochs,
        **{name: getattr(found, name) for name in FIGURES},
        "seconds": found.seconds,
        "state": str(run.state),
        "created": run.status["created"],
        "built_in": run.shipped,
        "losses": list(found.losses),
    }
