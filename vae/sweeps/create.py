"""Makes a sweep's folder, after what it would train was checked; and extends one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from vae.config import Config
from vae.config.setting import accepted
from vae.config.settings import setting
from vae.data.datasets import Dataset
from vae.data.split import check_trainable
from vae.environment import training_threads
from vae.errors import ConfigError, StudyError
from vae.studies.schema import StudyState
from vae.studies.versions import package_versions
from vae.studies.writer import create_folder, rewrite_settings
from vae.sweeps.plan import Plan, check_count, plan_grid
from vae.sweeps.results import METRICS
from vae.sweeps.schema import Bounds, Metric, RunsIn, Search
from vae.sweeps.study import KIND, Sweep, open_sweep
from vae.sweeps.values import Range, Vary, grid_of

__all__ = ["Extension", "check_extension", "check_sweep", "create_sweep", "extend_sweep"]


def create_sweep(
    path: Path | str,
    config: Config,
    vary: Vary,
    dataset: Dataset,
    seeds: int = 1,
    *,
    trials: int = 0,
    metric: Metric = "elbo",
    skip_excluded: bool = False,
    runs: RunsIn = "own",
    owner: str = "",
) -> Sweep:
    """Make the folder of a queued sweep; nothing is trained yet.

    trials: instead of a grid, so many proposals of values by Optuna, for the best metric.
    skip_excluded: leave out combinations that cannot be trained, rather than refuse them. owner:
    the visitor's id. Raises ConfigError for values that no run can have, StudyError for what is no
    sweep.
    """
    settings: Any = {
        "dataset": dataset.name,
        "fingerprint": dataset.fingerprint,
        "image_shape": list(dataset.image_shape),
        "class_names": list(dataset.class_names),
        "train_images": len(dataset.x_train),
        "test_images": len(dataset.x_test),
        "config": config.to_dict(),
        "seeds": seeds,
        "excluded": [],
        "runs": runs,
        "versions": package_versions(),
        "threads": training_threads(),
    }
    if trials:
        settings |= _search(vary, seeds, trials, metric)
        total = trials * seeds
    else:
        plan = check_sweep(config, vary, dataset, seeds, skip_excluded=skip_excluded)
        settings |= {"vary": _as_json(grid_of(vary))}
        settings |= {"excluded": [vars(each) for each in plan.excluded]}
        total = len(plan.runs)
    create_folder(Path(path), KIND, settings, total, owner)
    return open_sweep(path)


def check_sweep(
    config: Config, vary: Vary, dataset: Dataset, seeds: int, *, skip_excluded: bool
) -> Plan:
    """Return what a grid would train; raises as `create_sweep`."""
    grid = grid_of(vary)
    plan = plan_grid(config, grid, seeds, lambda changed: check_trainable(changed, dataset))
    if plan.excluded and not skip_excluded:
        first, count = plan.excluded[0], len(plan.excluded)
        raise ConfigError(
            f"{count:,} combination{'s' * (count != 1)} of the sweep cannot be trained: change the "
            f"values, or leave {'it' if count == 1 else 'them'} out (skip_excluded). "
            f"Received: {first.settings}: {first.reason}"
        )
    return plan


class Extension(NamedTuple):
    """What study.json would say of a longer sweep, and what it would train in all."""

    settings: dict[str, Any]
    plan: Plan
    total: int


def check_extension(
    sweep: Sweep, vary: Vary, dataset: Dataset, seeds: int | None = None, trials: int = 0
) -> Extension:
    """Return what a longer sweep would be; nothing is written. Raises as `extend_sweep`."""
    settings: Any = dict(sweep.settings)
    seeds = int(settings["seeds"]) if seeds is None else seeds
    if seeds < settings["seeds"]:
        raise StudyError(f"A sweep keeps its {settings['seeds']} seeds. Received: {seeds}")
    settings["seeds"] = seeds
    if "search" in settings:
        if vary:
            raise StudyError("A search is extended by trials or seeds. Received: other values")
        trials = max(trials, settings["search"]["trials"])
        check_count(trials * seeds)
        settings["search"] = {**settings["search"], "trials": trials}
        return Extension(settings, sweep.plan, trials * seeds)
    grid = dict(sweep.grid)
    for name, values in grid_of(vary).items() if vary else ():
        if name not in grid:
            raise StudyError(
                f"A sweep is extended by values of {', '.join(grid)}: for another setting make "
                f"a new one. Received: {name}"
            )
        grid[name] = tuple(dict.fromkeys((*grid[name], *values)))
    plan = check_sweep(sweep.config, grid, dataset, seeds, skip_excluded=True)
    settings["vary"] = _as_json(grid)
    settings["excluded"] = [vars(each) for each in plan.excluded]
    return Extension(settings, plan, len(plan.runs))


def extend_sweep(
    sweep: Sweep, vary: Vary, dataset: Dataset, seeds: int | None = None, trials: int = 0
) -> Sweep:
    """Add values to a sweep's settings, seeds or trials; what is there stays.

    Combinations that cannot be trained are left out. Raises as `create_sweep`, and StudyError for
    a setting that the sweep does not vary, or fewer seeds than it has.
    """
    longer = check_extension(sweep, vary, dataset, seeds, trials)
    state = sweep.state
    # One that is done has something to do again: it rests until it is continued.
    state = StudyState.STOPPED if state == StudyState.FINISHED else state
    rewrite_settings(sweep.path, longer.settings, state, longer.total)
    return open_sweep(sweep.path)


def _search(vary: Vary, seeds: int, trials: int, metric: Metric) -> dict[str, Any]:
    """Return what study.json says of a search; raises as `create_sweep`."""
    if seeds < 1 or trials < 2:
        raise StudyError(
            f"A search has one seed or more, and two trials or more. Received: {seeds} and {trials}"
        )
    check_count(trials * seeds)
    if metric not in METRICS:
        raise StudyError(f"Metrics are {', '.join(METRICS)}. Received: {metric!r:.40}")
    lists = {name: values for name, values in vary.items() if not isinstance(values, Range)}
    ranges = {name: _bounds(name, of) for name, of in vary.items() if isinstance(of, Range)}
    if not vary:
        grid_of(vary)  # which says that there must be some
    search: Search = {"trials": trials, "metric": metric, "ranges": ranges}
    return {"vary": _as_json(grid_of(lists)) if lists else {}, "search": search}


def _bounds(name: str, of: Range) -> Bounds:
    """Return the ends of a range, checked as values of the setting."""
    low, high = grid_of({name: [of.low, of.high]})[name]
    default = setting(name).default
    if isinstance(default, bool) or not isinstance(default, int | float):
        accepted(name, setting(name), of)  # which says what it has instead of numbers
    return {"low": float(low), "high": float(high), "log": of.log}


def _as_json(grid: Mapping[str, tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {
        name: [list(value) if isinstance(value, tuple) else value for value in values]
        for name, values in grid.items()
    }
