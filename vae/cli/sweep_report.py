"""What the command line says of a sweep: what it would train, what it found."""

from __future__ import annotations

from typing import Any

from rich.console import ConsoleRenderable, Group
from rich.table import Column, Table
from rich.text import Text

from vae.cli.report import UNIT
from vae.errors import StudyError
from vae.runs.schema import RunState
from vae.server.durations import time_in_words
from vae.server.sweep_cost import SweepCost, cost_in_words
from vae.sweeps.plan import Plan
from vae.sweeps.results import LARGER_IS_BETTER, METRICS, best_run, importances
from vae.sweeps.schema import Metric
from vae.sweeps.study import Sweep
from vae.sweeps.values import value_text

__all__ = ["plan_values", "shown_plan", "shown_sweep", "sweep_values"]

MAX_SHOWN = 50  # runs, in the tables for people


def plan_values(plan: Plan, cost: SweepCost) -> dict[str, Any]:
    """Return what would be trained, for programs."""
    return {
        **cost._asdict(),
        "planned": [{**planned.settings, "seed": planned.seed} for planned in plan.runs],
        "excluded": [vars(each) for each in plan.excluded],
    }


def sweep_values(study: Sweep, metric: Metric) -> dict[str, Any]:
    """Return a sweep for programs; best is None where no run has the metric."""
    status = study.status
    return {
        "path": str(study.path),
        "state": str(status["state"]),
        "done": status["done"],
        "total": status["total"],
        "seconds": status["seconds"],
        "runs": [
            {**row, "state": str(row["state"]), "run": str(study.runs_folder / row["run"])}
            for row in study.rows
        ],
        "best": _best(study, metric),
        "importances": importances(study.rows, study.grid, metric),
    }


def _best(study: Sweep, metric: Metric) -> dict[str, Any] | None:
    try:
        row = best_run(study.rows, metric)
    except StudyError:
        return None
    return {**row["settings"], "seed": row["seed"], "run": str(study.runs_folder / row["run"])}


def shown_sweep(study: Sweep, metric: Metric) -> ConsoleRenderable:
    """Show a sweep as a table, the best runs first, as in a report."""
    status, frame = study.status, study.table()
    known = [name for name in METRICS if name in frame.columns]
    if metric in known:
        frame = frame.sort_values(metric, ascending=metric not in LARGER_IS_BETTER)
    table = Table(*(Column(name, no_wrap=True) for name in (*study.names, "seed")))
    for name in known:
        table.add_column(name, justify="right")
    unlike = any(row["state"] != RunState.FINISHED for row in study.rows)
    if unlike:
        table.add_column("state")
    for row in frame.head(MAX_SHOWN).to_dict("records"):
        table.add_row(
            *(value_text(row[name]) for name in (*study.names, "seed")),
            *(_figure(row[name]) for name in known),
            *([str(row["state"])] if unlike else []),
        )
    best, lines = _best(study, metric), list[str]()
    if len(frame) > MAX_SHOWN:
        lines.append(f"The first {MAX_SHOWN} of {len(frame):,}; --json has all.")
    if best is not None:
        lines.append(f"Best {metric}, by the mean over seeds: {best['run']}")
    fractions = importances(study.rows, study.grid, metric)
    if len(fractions) > 1:
        parts = ", ".join(f"{name} {fraction:.0%}" for name, fraction in fractions.items())
        lines.append(f"What explains the variance of {metric}: {parts}")
    took = time_in_words(status["seconds"])
    state = status["state"].capitalize()
    lines.append(f"{state}: {status['done']} of {status['total']} runs, in {took}. {study.path}")
    return Group(table, Text(f"Losses in {UNIT}, of the test images."), *map(Text, lines))


def shown_plan(plan: Plan, names: list[str], cost: SweepCost) -> ConsoleRenderable:
    """Show what would be trained."""
    sentence = Text(f"{cost_in_words(cost)} Nothing was trained.")
    if not names:
        return sentence
    table = Table(*names, "seed")
    for planned in plan.runs[:MAX_SHOWN]:
        values = (value_text(planned.settings.get(name, "–")) for name in names)
        table.add_row(*values, str(planned.seed))
    if len(plan.runs) <= MAX_SHOWN:
        return Group(table, sentence)
    return Group(table, Text(f"The first {MAX_SHOWN} of {len(plan.runs):,}."), sentence)


def _figure(value: float) -> str:
    return "–" if value != value else f"{value:,.2f}"  # nan: a run without it
