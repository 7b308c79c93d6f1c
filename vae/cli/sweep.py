"""The command that trains many runs: the values of some settings, each with each, and seeds."""

from __future__ import annotations

import argparse
from pathlib import Path

from vae.cli.config_options import PRESET, add_config, chosen_config, name_and_value
from vae.cli.files import check_new_folder
from vae.cli.parser import AddCommand
from vae.cli.progress import load_named, progress_fraction
from vae.cli.report import Report
from vae.cli.streams import warn
from vae.cli.sweep_report import plan_values, shown_plan, shown_sweep, sweep_values
from vae.config import Config
from vae.data.datasets import Dataset
from vae.data.specs import DATASETS
from vae.errors import StudyError
from vae.server.sweep_cost import Images, cost_in_words, planned_cost, sweep_cost
from vae.studies.layout import STUDY
from vae.sweeps.address import LOCAL, check_address
from vae.sweeps.create import check_extension, check_sweep, create_sweep, extend_sweep
from vae.sweeps.plan import Plan, PlannedRun, check_count
from vae.sweeps.results import METRICS
from vae.sweeps.run import continue_sweep
from vae.sweeps.schema import Metric
from vae.sweeps.study import Sweep, open_sweep
from vae.sweeps.values import Vary, parse_values, value_text

__all__ = ["add_sweep"]

DATASET = "mnist"  # where nothing says otherwise


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
        "--metric", choices=METRICS,
        help="of the test images: which run is the best (default: elbo, of a classifier accuracy)",
    )  # fmt: skip
    command.add_argument(
        "--skip-excluded", action="store_true",
        help="leave out combinations that cannot be trained, instead of refusing them",
    )  # fmt: skip
    command.add_argument(
        "--on", default=LOCAL, metavar="WHERE",
        help="local, ray (the cluster that Ray finds), ray://HOST:10001 or HOST:6379 "
        "(default: %(default)s)",
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
    command.epilog = "Ctrl-C ends it; the same command continues it."


def sweep(options: argparse.Namespace) -> Report:
    """Train each combination of values with each seed, and say which is best."""
    if options.processes is not None and options.processes < 1:
        raise StudyError(f"Processes must be 1 or more. Received: {options.processes}")
    pairs = [name_and_value("--vary", item, "VALUES") for item in options.vary]
    vary: Vary = {name: parse_values(name, text) for name, text in pairs}
    if len(vary) < len(pairs):
        raise StudyError(f"Each setting is varied once. Received: {' '.join(options.vary)}")
    if options.plan:
        return _planned(options, vary)
    check_address(options.on)
    is_new = not (options.out / STUDY).exists()
    study, dataset = _new(options, vary) if is_new else _continued(options, vary)
    cost = sweep_cost(study, processes=options.processes)
    _warn_of_excluded(study.plan)
    elsewhere = "" if options.on == LOCAL else " The time is that of this machine alone."
    warn(cost_in_words(cost) + elsewhere)
    with progress_fraction("Sweep") as on_progress:
        continue_sweep(study, dataset, options.processes, on_progress, on=options.on)
    metric = options.metric or _first_metric(study)
    return Report(sweep_values(study, metric), shown_sweep(study, metric))


def _new(options: argparse.Namespace, vary: Vary) -> tuple[Sweep, Dataset]:
    """Make a sweep in --out; return it and its images."""
    check_new_folder(options.out)
    source = chosen_config(options)
    dataset = load_named(options.dataset or source.dataset or DATASET)
    study = create_sweep(
        *(options.out, source.config, vary, dataset, _seeds(options)),
        trials=options.trials,
        metric=options.metric or _metric_of(source.config),
        skip_excluded=options.skip_excluded,
    )
    return study, dataset


def _continued(options: argparse.Namespace, vary: Vary) -> tuple[Sweep, Dataset]:
    """Open the sweep in --out and add what is new; return it and its images."""
    study, dataset = _opened(options)
    if vary or options.trials or options.seeds is not None:
        seeds = study.settings["seeds"] if options.seeds is None else options.seeds
        study = extend_sweep(study, vary, dataset, seeds, options.trials)
    return study, dataset


def _opened(options: argparse.Namespace) -> tuple[Sweep, Dataset]:
    """Return the sweep in --out and its images; raises StudyError if another one is meant."""
    study = open_sweep(options.out)
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
    return study, load_named(study.dataset)


def _planned(options: argparse.Namespace, vary: Vary) -> Report:
    """Return what would be trained; nothing is written."""
    names = [] if options.trials else list(vary)
    if (options.out / STUDY).exists():
        study, dataset = _opened(options)
        longer = check_extension(study, vary, dataset, options.seeds, options.trials)
        ended = {each.key for each in study.plan.runs} - {each.key for each in study.left()}
        runs = tuple(each for each in longer.plan.runs if each.key not in ended)
        to_come = longer.total - len(longer.plan.runs)
        plan = Plan(runs + _to_come(study.config, to_come), longer.plan.excluded)
        names = study.names
    else:
        source, seeds = chosen_config(options), _seeds(options)
        dataset, config = load_named(options.dataset or source.dataset or DATASET), source.config
        if options.trials:
            check_count(options.trials * seeds)
            plan = Plan(_to_come(config, options.trials * seeds))
        else:
            plan = check_sweep(config, vary, dataset, seeds, skip_excluded=options.skip_excluded)
    _warn_of_excluded(plan)
    cost = planned_cost(plan.runs, Images.of(dataset), processes=options.processes)
    return Report(plan_values(plan, cost), shown_plan(plan, names, cost))


def _to_come(config: Config, runs: int) -> tuple[PlannedRun, ...]:
    """Return runs that nobody has proposed yet, as if they were those of the configuration."""
    return (PlannedRun({}, config.seed, config),) * runs


def _seeds(options: argparse.Namespace) -> int:
    return 1 if options.seeds is None else options.seeds


def _metric_of(config: Config) -> Metric:
    """Return the figure that says how good such a model is."""
    if config.has("classifier"):
        return "accuracy"
    return "elbo" if config.has("posterior") else "loss"


def _first_metric(study: Sweep) -> Metric:
    search = study.settings.get("search")
    return search["metric"] if search else _metric_of(study.config)


def _warn_of_excluded(plan: Plan) -> None:
    for each in plan.excluded:
        parts = ", ".join(f"{name}={value_text(value)}" for name, value in each.settings.items())
        warn(f"Left out: {parts}: {each.reason}")
