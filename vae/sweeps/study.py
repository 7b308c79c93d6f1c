"""A sweep in its folder: its plan, its runs and what they found."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae.config import Config
from vae.data.own_sets import current_name
from vae.errors import ConfigError, RunError, StudyError
from vae.runs.run import Run, open_run
from vae.runs.schema import RunState
from vae.schemas.reading import read
from vae.studies.folder import StudyFolder, read_lines
from vae.studies.schema import ACTIVE
from vae.sweeps.address import LOCAL
from vae.sweeps.plan import Excluded, Plan, PlannedRun, plan_grid, run_key
from vae.sweeps.results import best_run, table_of
from vae.sweeps.schema import Metric, Proposal, RunningRun, SweepRow, SweepSettings
from vae.sweeps.values import Grid, grid_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ENDED", "KIND", "PROPOSALS", "RUNNING", "Sweep", "open_sweep"]

KIND = "sweep"
RUNS = "runs"  # the folder of a sweep's own runs
PROPOSALS = "proposals.jsonl"  # what a sampler proposed
RUNNING = "running.json"  # how far the runs are that other machines train
# What has ended so is not trained again; a run that failed is, the next time.
ENDED = (RunState.FINISHED, RunState.DIVERGED, RunState.STOPPED)


class Sweep(StudyFolder[SweepSettings, SweepRow]):
    """A folder's sweep; raises StudyError for a folder that is none, or is damaged."""

    kind = KIND
    settings_type = SweepSettings
    row_type = SweepRow

    @property
    def dataset(self) -> str:
        """The name of its data set, under which it is known now."""
        return current_name(self.settings["dataset"], self.settings["fingerprint"])

    @cached_property
    def config(self) -> Config:
        """The configuration that the runs differ from; raises StudyError for a damaged one."""
        try:
            return Config.from_dict(self.settings["config"])
        except ConfigError as error:
            raise StudyError(f"{error} In the study.json of {self.path}") from None

    @cached_property
    def grid(self) -> Grid:
        """The values of each setting; raises StudyError for damaged ones."""
        try:
            vary = self.settings["vary"]
            return grid_of(vary) if vary else {}
        except ConfigError as error:
            raise StudyError(f"{error} In the study.json of {self.path}") from None

    @property
    def plan(self) -> Plan:
        """All of its runs, and the combinations that are left out."""
        return self._proposed() if "search" in self.settings else self._grid_plan

    @cached_property
    def _grid_plan(self) -> Plan:
        excluded = tuple(Excluded(**each) for each in self.settings["excluded"])
        left_out = {run_key(each.settings, 0) for each in excluded}
        grid = plan_grid(self.config, self.grid, self.settings["seeds"])
        runs = tuple(each for each in grid.runs if run_key(each.settings, 0) not in left_out)
        return Plan(runs, excluded)

    def _proposed(self) -> Plan:
        runs: dict[str, PlannedRun] = {}
        excluded: list[Excluded] = []
        for each in self.proposals:
            if each["reason"]:
                excluded.append(Excluded(each["settings"], each["reason"]))
                continue
            try:
                config = self.config.replace(**each["settings"])
            except ConfigError as error:
                raise StudyError(f"{error} In the {PROPOSALS} of {self.path}") from None
            # A sampler may propose the same values twice.
            runs |= {planned.key: planned for planned in self.runs_of(each["settings"], config)}
        return Plan(tuple(runs.values()), tuple(excluded))

    def runs_of(self, settings: dict[str, Any], config: Config) -> list[PlannedRun]:
        """Return the runs of a combination, one for each seed. config: with the first seed."""
        seeds = range(config.seed, config.seed + self.settings["seeds"])
        return [PlannedRun(settings, seed, config.replace(seed=seed)) for seed in seeds]

    @property
    def proposals(self) -> list[Proposal]:
        """What a sampler has proposed so far, in its order; [] of a grid."""
        return read_lines(self.path / PROPOSALS, Proposal)

    @property
    def total(self) -> int:
        """How many runs it has in all, those included that are not proposed yet."""
        if "search" not in self.settings:
            return len(self.plan.runs)
        to_come = self.settings["search"]["trials"] - len(self.proposals)
        return len(self.plan.runs) + max(to_come, 0) * self.settings["seeds"]

    @property
    def names(self) -> list[str]:
        """The settings that vary."""
        search = self.settings.get("search")
        return [*self.settings["vary"], *(search["ranges"] if search else ())]

    @property
    def runs_folder(self) -> Path:
        """The folder that its runs are in."""
        return self.path.parent.parent if self.settings["runs"] == "shared" else self.path / RUNS

    def run_path(self, planned: PlannedRun) -> Path:
        """Return the folder of a run, be it there or not.

        In a folder that others share, its name tells nobody the sweep's, nor that of other runs.
        """
        if self.settings["runs"] == "own":
            return self.runs_folder / planned.readable_name
        secret = f"{self.path.name}/{planned.key}".encode()
        return self.runs_folder / hashlib.blake2b(secret, digest_size=16).hexdigest()

    @property
    def rows(self) -> list[SweepRow]:
        """Return the last row of each run: one that failed may have been trained again."""
        return list({run_key(row["settings"], row["seed"]): row for row in super().rows}.values())

    @property
    def running(self) -> dict[str, RunningRun]:
        """How far the runs are that a cluster trains now, by the names of their folders-to-be.

        {} of a sweep on this machine alone, whose runs are folders that are read as they grow.
        """
        if self.status["state"] not in ACTIVE:
            return {}  # what a process left that was killed
        try:
            return read(self.path / RUNNING, dict[str, RunningRun])
        except (FileNotFoundError, RunError):
            return {}

    def left(self) -> list[PlannedRun]:
        """Return the runs that are still to be trained, or trained again since they failed."""
        ended = {
            run_key(row["settings"], row["seed"]) for row in self.rows if row["state"] in ENDED
        }
        return [planned for planned in self.plan.runs if planned.key not in ended]

    def open_runs(self) -> list[Run]:
        """Return the runs that are there, also those in training, in the order of the plan."""
        found: list[Run] = []
        for planned in self.plan.runs:
            try:
                found.append(open_run(self.run_path(planned)))
            except RunError:
                continue
        return found

    def table(self) -> pd.DataFrame:
        """Return a row for each run that has ended: settings, seed, metrics, seconds, folder."""
        return table_of(self.rows, self.names)

    def best(self, metric: Metric = "elbo") -> Run:
        """Return the best run by a metric of the test images.

        The settings are those with the best mean over their seeds. They were chosen on test images:
        a figure of them is a little too good. Raises StudyError where no run has the metric.
        """
        row = best_run(self.rows, metric)
        return open_run(self.runs_folder / row["run"])

    def resume(self, processes: int | None = None, on: str = LOCAL) -> Sweep:
        """Train what is left, with the data set by its name: see `vae.sweep`."""
        from vae.data.datasets import load_dataset
        from vae.sweeps.run import continue_sweep

        dataset = load_dataset(self.dataset, download=False)
        return continue_sweep(self, dataset, processes, on=on)


def open_sweep(path: Path | str) -> Sweep:
    """Open a sweep's folder; raises StudyError if it is none, damaged or of another kind."""
    return Sweep(Path(path))
