"""The command that trains many runs: the values of some settings, each with each, and seeds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.console import ConsoleRenderable, Group
from rich.table import Column, Table
from rich.text import Text

from vae.cli.config_options import PRESET, add_config, chosen_config, name_and_value
from vae.cli.files import check_new_folder
from vae.cli.parser import AddCommand
from vae.cli.progress import load_named, progress_fraction
from vae.cli.report import UNIT, Report
from vae.cli.streams import warn
from vae.data.datasets import Dataset
from vae.data.specs import DATASETS
from vae.errors import StudyError
from vae.runs.schema import RunState
from vae.server.durations import time_in_words
from vae.server.sweep_cost import Images, SweepCost, cost_in_words, planned_cost, sweep_cost
from vae.studies.layout import STUDY
from vae.sweeps.create import check_sweep, create_sweep, extend_sweep
from vae.sweeps.plan import Plan, PlannedRun, check_count
from vae.sweeps.results import METRICS, best_run, importances
from vae.sweeps.run import run_sweep
from vae.sweeps.schema import Metric
from vae.sweeps.study import Sweep, open_sweep
from vae.sweeps.values import Vary, parse_values, value_text

__all__ = ["add_sweep"]

DATASET = "mnist"  # where nothing says otherwise
MAX_SHOWN = 50  # runs, in the table for people


def add_sweep(add: AddCommand) -> None:
    """Give a parser this command; `add` makes the part of one."""
    command = add(sweep)
    add_config(command)
    command.add_argument(
        "--dataset", help=f"{', '.join(DATASETS)}, or one of your own (default: mnist)"
    )
    command.add_argument(
        "--vary", nargs="+", action="extend", default=[], metavar="NAME=VALUES",
        help="values of a setting: beta=0.5,1,4 or a range with how many, beta=0.1..10:log:5 or "
        "latent_dim=2..8:4; those of hidden with semicolons, 'hidden=256,128; 512'",
    )  # fmt: skip
    command.add_argument("--seeds", type=int, metavar="N", help="of each combination (default: 1)")
    command.add_argument(
        "--trials", type=int, default=0, metavar="N",
        help="instead of all combinations, so many that Optuna proposes; a range needs no number "
        "of values then",
    )  # fmt: skip
    command.add_argument(
        "--metric", choices=METRICS, default="elbo",
        help="of the test images: which run is the best (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--skip-excluded", action="store_true",
        help="leave out combinations that cannot be trained, instead of refusing them",
    )  # fmt: skip
    command.add_argument(
        "--processes", type=int, metavar="N", help="that train (default: as many as fit)"
    )
    command.add_argument(
        "--plan", action="store_true", help="say what would be trained, and train nothing"
    )
    command.add_argument(
        "--out", type=Path, required=True, metavar="STUDY",
        help="the sweep's folder; one that is there is continued, and extended by what is new",
    )  # fmt: skip
    command.epilog = "Ctrl-C ends it; the same command goes on where it was."


def sweep(options: argparse.Namespace) -> Report:
    """Train each combination of values with each seed, and say which is best."""
    if options.processes is not None and options.processes < 1:
        raise StudyError(f"Processes must be 1 or more. Received: {options.processes}")
    pairs = [name_and_value("--vary", item, "VALUES") for item in options.vary]
    vary: Vary = {name: parse_values(name, text) for name, text in pairs}
    if len(vary) < len(pairs):
        raise StudyError(f"Each setting is varied once. Received: {' '.join(options.vary)}")
    is_new = not (options.out / STUDY).exists()
    if is_new and options.plan:
        return _planned(options, vary)
    study, dataset = _new(options, vary) if is_new else _continued(options, vary)
    cost = sweep_cost(study, processes=options.processes)
    _warn_of_excluded(study.plan)
    if options.plan:
        left = Plan(tuple(study.left()), study.plan.excluded)
        return Report(_plan(left, cost), _shown_plan(left, study.names, cost))
    warn(cost_in_words(cost))
    with progress_fraction("Sweep") as on_progress:
        run_sweep(study, dataset, options.processes, on_progress)
    return Report(_values(study, options.metric), _shown(study, options.metric))


def _new(options: argparse.Namespace, vary: Vary) -> tuple[Sweep, Dataset]:
    """Make a sweep in --out; return it and its images."""
    check_new_folder(options.out)
    source = chosen_config(options)
    dataset = load_named(options.dataset or source.dataset or DATASET)
    study = create_sweep(
        *(options.out, source.config, vary, dataset, options.seeds or 1),
        trials=options.trials,
        metric=options.metric,
        skip_excluded=options.skip_excluded,
    )
    return study, dataset


def _continued(options: argparse.Namespace, vary: Vary) -> tuple[Sweep, Dataset]:
    """Open the sweep in --out and add what is new; return it and its images."""
    study = open_sweep(options.out)
    dataset = load_named(study.dataset)
    if options.dataset not in (None, study.dataset):
        raise StudyError(
            f"The sweep in {options.out} has the data set {study.dataset}: leave the option out, "
            f"or choose another folder. Received: {options.dataset}"
        )
    is_chosen = options.set or options.config or options.preset != PRESET
    if is_chosen and chosen_config(options).config != study.config:
        raise StudyError(
            f"The sweep in {options.out} has another configuration: leave --preset, --config and "
            "--set out to continue it, or choose another folder. Received: other settings"
        )
    if vary or options.trials or options.seeds:
        seeds = options.seeds or study.settings["seeds"]
        study = extend_sweep(study, vary, dataset, seeds, options.trials)
    return study, dataset


def _planned(options: argparse.Namespace, vary: Vary) -> Report:
    """Return what a new sweep would train; nothing is written."""
    source, seeds = chosen_config(options), options.seeds or 1
    dataset = load_named(options.dataset or source.dataset or DATASET)
    config = source.config
    if options.trials:
        check_count(options.trials * seeds)
        plan = Plan((PlannedRun({}, config.seed, config),) * (options.trials * seeds))
    else:
        plan = check_sweep(config, vary, dataset, seeds, skip_excluded=options.skip_excluded)
    _warn_of_excluded(plan)
    cost = planned_cost(plan.runs, Images.of(dataset), processes=options.processes)
    names = [] if options.trials else list(vary)
    return Report(_plan(plan, cost), _shown_plan(plan, names, cost))


def _warn_of_excluded(plan: Plan) -> None:
    for each in plan.excluded:
        parts = ", ".join(f"{name}={value_text(value)}" for name, value in each.settings.items())
        warn(f"Left out: {parts}: {each.reason}")


def _plan(plan: Plan, cost: SweepCost) -> dict[str, Any]:
    return {
        **cost._asdict(),
        "planned": [{**planned.settings, "seed": planned.seed} for planned in plan.runs],
        "excluded": [vars(each) for each in plan.excluded],
    }


def _values(study: Sweep, metric: Metric) -> dict[str, Any]:
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


def _shown(study: Sweep, metric: Metric) -> ConsoleRenderable:
    """Show a sweep as a table, the best runs first, as in a report."""
    status, frame = study.status, study.table()
    known = [name for name in METRICS if name in frame.columns]
    if metric in known:
        frame = frame.sort_values(
            metric, ascending=metric not in ("elbo", "active_units", "accuracy")
        )
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
    shares = importances(study.rows, study.grid, metric)
    if len(shares) > 1:
        parts = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        lines.append(f"What explains the variance of {metric}: {parts}")
    took = time_in_words(status["seconds"])
    state = status["state"].capitalize()
    lines.append(f"{state}: {status['done']} of {status['total']} runs, in {took}. {study.path}")
    return Group(table, Text(f"Losses in {UNIT}, of the test images."), *map(Text, lines))


def _shown_plan(plan: Plan, names: list[str], cost: SweepCost) -> ConsoleRenderable:
    sentence = Text(f"{cost_in_words(cost)} Nothing was trained.")
    if not names:
        return sentence
    table = Table(*names, "seed")
    for planned in plan.runs[:MAX_SHOWN]:
        table.add_row(*(value_text(planned.settings[name]) for name in names), str(planned.seed))
    if len(plan.runs) <= MAX_SHOWN:
        return Group(table, sentence)
    return Group(table, Text(f"The first {MAX_SHOWN} of {len(plan.runs):,}."), sentence)


def _figure(value: float) -> str:
    return "–" if value != value else f"{value:,.2f}"  # nan: a run without it
