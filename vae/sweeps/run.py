"""Runs a sweep to its end, or until a pause or a stop is requested; again and again where needed.

This process hands runs out and appends what came of them, and never imports TensorFlow; as many
worker processes as memory and cores allow train. Each has the threads that `vae.train` has, whose
number decides the last digits of a sum: so each run is exactly the run that `vae.train` gives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import partial

from vae.data.datasets import Dataset
from vae.data.split import check_trainable
from vae.environment import worker_count
from vae.errors import StudyError
from vae.studies.images import loads_the_same
from vae.studies.layout import ROWS
from vae.studies.pool import work_in_processes
from vae.studies.session import StudyEnded, session
from vae.studies.writer import request
from vae.sweeps.address import LOCAL, connected
from vae.sweeps.plan import PlannedRun
from vae.sweeps.rows import OnProgress, Rows
from vae.sweeps.study import PROPOSALS, Sweep
from vae.sweeps.train_planned import train_planned

__all__ = ["continue_sweep", "run_sweep"]

WORKER = "vae.sweeps.worker"
Executor = Callable[[Sweep, Iterable[PlannedRun], Dataset, int | None, Rows], None]
# Runs notice a pause within a second; before an epoch's first checkpoint they have more to write.
PATIENCE_SECONDS = 30.0


def continue_sweep(
    sweep: Sweep,
    dataset: Dataset,
    processes: int | None = None,
    on_progress: OnProgress = lambda fraction: None,
    *,
    on: str = LOCAL,
) -> Sweep:
    """Request that a sweep runs, and run it: see `run_sweep`."""
    request(sweep.path, "run")
    return run_sweep(sweep, dataset, processes, on_progress, on=on)


def run_sweep(
    sweep: Sweep,
    dataset: Dataset,
    processes: int | None = None,
    on_progress: OnProgress = lambda fraction: None,
    *,
    on: str = LOCAL,
) -> Sweep:
    """Train what is left of a sweep, unless a pause or a stop is requested; return it.

    processes: that train; as many as memory and cores allow, if None. A data set that
    `load_dataset` does not know is trained on in this process. on_progress: called with the
    fraction of runs that have ended. on: as `vae.sweep` takes it. Raises StudyError for other
    images than those that the sweep began with, where another process works on it, if a worker
    dies, and for a cluster that does not answer or goes away; OSError for a full disk. Whatever
    ends it, finished runs stay, and to call this again continues.
    """
    if dataset.fingerprint != sweep.settings["fingerprint"]:
        raise StudyError(
            f"A sweep continues with the images that it began with, {sweep.settings['dataset']}. "
            f"Received: {dataset.name}, which holds others"
        )
    # Before anything is written: this may say that Optuna is missing.
    runs = _runs_to_train(sweep, dataset)
    with _executor(on, dataset) as train:
        done = len(sweep.plan.runs) - len(sweep.left())
        with session(sweep, (ROWS, PROPOSALS), done, sweep.total) as now:
            on_progress(now.fraction)
            train(sweep, runs, dataset, processes, Rows(now, on_progress))
            now.check()
            _check_all_ended(sweep)
    return sweep


@contextmanager
def _executor(on: str, dataset: Dataset) -> Generator[Executor]:
    """Yield what trains runs there; raises StudyError for a place that is none."""
    if on == LOCAL:
        yield _in_processes if loads_the_same(dataset) else _here
        return
    from vae.sweeps.cluster import in_cluster

    with connected(on) as ray:
        yield partial(in_cluster, ray)


def _runs_to_train(sweep: Sweep, dataset: Dataset) -> Iterable[PlannedRun]:
    """Return the runs of a grid that are left, or those that a sampler proposes one by one."""
    if "search" not in sweep.settings:
        return sweep.left()
    from vae.sweeps.search import Proposer, import_optuna

    import_optuna()
    return Proposer(sweep, lambda config: check_trainable(config, dataset)).next_runs()


def _in_processes(
    sweep: Sweep, runs: Iterable[PlannedRun], dataset: Dataset, processes: int | None, rows: Rows
) -> None:
    path = str(sweep.path.absolute())
    jobs = ({"study": path, "settings": planned.settings, "seed": planned.seed} for planned in runs)
    requested_at = float("inf")

    def check() -> None:
        # The workers see the request too, and pause their runs: that is waited for.
        nonlocal requested_at
        if (requested := sweep.requested) != "run":
            requested_at = min(requested_at, time.monotonic())
            if time.monotonic() > requested_at + PATIENCE_SECONDS:
                raise StudyEnded(requested)

    work_in_processes(WORKER, jobs, processes or worker_count(), rows.append, check, threads=None)


def _here(
    sweep: Sweep, runs: Iterable[PlannedRun], dataset: Dataset, processes: int | None, rows: Rows
) -> None:
    for planned in runs:
        if sweep.requested != "run":
            return
        line = train_planned(sweep, planned, dataset, lambda: sweep.requested != "run")
        if line is not None:
            rows.append(*line)


def _check_all_ended(sweep: Sweep) -> None:
    """Raise StudyError if runs are left: those that failed, or that somebody paused by hand."""
    left = sweep.left()
    if not left:
        return
    failed = [row["reason"] for row in sweep.rows if row["state"] == "failed"]
    why = f"{len(failed)} failed, the first of them so: {failed[0]}" if failed else "paused by hand"
    raise StudyError(
        f"{len(left):,} of {len(sweep.plan.runs):,} runs did not end; continue the sweep to train "
        f"them again. Received: {why}"
    )
