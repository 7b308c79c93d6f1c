"""`vae.sweep`: many runs from one call."""

from __future__ import annotations

from pathlib import Path

from vae.config import Config
from vae.data.datasets import Dataset
from vae.environment import runs_folder
from vae.errors import StudyError
from vae.runs.writer import new_run_id
from vae.studies.layout import STUDY
from vae.sweeps.address import LOCAL, check_address
from vae.sweeps.create import create_sweep, extend_sweep
from vae.sweeps.run import continue_sweep
from vae.sweeps.schema import Metric
from vae.sweeps.study import Sweep, open_sweep
from vae.sweeps.values import Vary, grid_of

__all__ = ["sweep"]


def sweep(
    config: Config,
    vary: Vary,
    dataset: Dataset,
    *,
    seeds: int = 1,
    trials: int = 0,
    metric: Metric = "elbo",
    on: str = LOCAL,
    out: Path | str | None = None,
    processes: int | None = None,
    skip_excluded: bool = False,
) -> Sweep:
    """Train each combination of values with each seed; return the sweep, a folder of runs.

    vary: values by the names of settings, lists or `vae.Range`. seeds: how many, from that of the
    configuration on. trials: instead of all combinations, so many that Optuna proposes from lists
    and ranges, for the best metric of the test images. on: "local", in processes of this machine.
    On a Ray cluster instead: "ray", the one that Ray finds (`RAY_ADDRESS`, or one that runs here)
    or else a new one of this machine; "ray://HOST:10001", from anywhere; "HOST:6379", from one of
    its machines. See docs/scale.md. out: the sweep's folder; one that holds a sweep of this
    configuration and data set is extended by what is new, and continued. skip_excluded: leave out
    combinations that cannot be trained.

    Each run is exactly the run that `vae.train` gives with its configuration on this machine: one
    of a cluster too, whose tasks sum with as many threads as the sweep's study.json says, those of
    the machine where the sweep was made, since that number decides the last digits of a sum.

    Raises ConfigError for values that no run can have, StudyError for what is no sweep, and as
    `run_sweep`.
    """
    check_address(on)
    path = Path(out) if out is not None else runs_folder() / f"sweep-{new_run_id()[:8]}"
    if (path / STUDY).exists():
        study = _extended(open_sweep(path), config, vary, dataset, seeds, trials)
    else:
        study = create_sweep(
            *(path, config, vary, dataset, seeds),
            trials=trials,
            metric=metric,
            skip_excluded=skip_excluded,
        )
    return continue_sweep(study, dataset, processes, on=on)


def _extended(
    study: Sweep, config: Config, vary: Vary, dataset: Dataset, seeds: int, trials: int
) -> Sweep:
    """Return a sweep with what is new of this; raises StudyError if it is another one's."""
    if study.config != config or study.settings["fingerprint"] != dataset.fingerprint:
        what = "configuration" if study.config != config else "data set"
        raise StudyError(
            f"The sweep in {study.path} has another {what}: choose another folder. "
            f"Received: {config.preset} on {dataset.name}"
        )
    seeds = max(seeds, study.settings["seeds"])
    search = study.settings.get("search")
    if search is not None:
        is_longer = trials > search["trials"] or seeds > study.settings["seeds"]
        return extend_sweep(study, {}, dataset, seeds, trials) if is_longer else study
    new = {
        name: values
        for name, values in grid_of(vary).items()
        if not set(values) <= set(study.grid.get(name, ()))
    }
    is_longer = bool(new) or seeds > study.settings["seeds"]
    return extend_sweep(study, new, dataset, seeds) if is_longer else study
