"""Trains the runs of a sweep on a Ray cluster: a task for each, and no shared disk.

The images go into Ray's object store, from where each machine fetches them once. A finished run
comes back as a zip. A machine that dies costs the runs that it had, which Ray gives to others; a
run whose machines die again and again is a row that failed. A killed driver takes its tasks along,
and what came back until then is there when the sweep is continued.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

from vae.data.datasets import Dataset
from vae.errors import RunError, StudyError
from vae.studies.layout import ROWS
from vae.sweeps.arrivals import Arrivals
from vae.sweeps.plan import PlannedRun
from vae.sweeps.remote import Outcome
from vae.sweeps.rows import Rows
from vae.sweeps.study import Sweep
from vae.sweeps.tasks import Tasks, last_line
from vae.sweeps.train_planned import DISK_FULL, ended_run, failure_line

__all__ = ["in_cluster"]

POLL_SECONDS = 0.5
NEEDED = (
    "Each machine of a cluster needs VAE Lab: installed, or its clone's folder in the PYTHONPATH "
    "of `ray start`."
)


def in_cluster(
    ray: Any,
    sweep: Sweep,
    runs: Iterable[PlannedRun],
    dataset: Dataset,
    processes: int | None,
    rows: Rows,
) -> None:
    """Train runs until there are no more, or a pause or stop is requested.

    ray: the module, connected. processes: the most runs at once; as many as the cluster has CPUs,
    or GPUs, if None. Raises StudyError for machines with other versions, and where the cluster is
    gone; OSError where the disk of this machine is full.
    """
    try:
        _train(Tasks(ray, sweep, dataset), sweep, iter(runs), processes, rows)
    except ModuleNotFoundError as error:
        raise StudyError(f"{NEEDED} Received: {error}") from None
    except ConnectionError as error:
        raise StudyError(
            f"A Ray cluster must stay until the end: continue the sweep. Received: {error!s:.200}"
        ) from None


def _train(
    tasks: Tasks,
    sweep: Sweep,
    waiting: Iterator[PlannedRun],
    processes: int | None,
    rows: Rows,
) -> None:
    arrivals = Arrivals(sweep)
    try:
        while sweep.requested == "run" and _submit(sweep, waiting, tasks, arrivals, processes):
            for planned, found in tasks.ended():
                _add(sweep, planned, found, arrivals)
            _append(arrivals, rows)
            rows.report(tasks.write_progress() + arrivals.count)
        arrivals.close()
        while sweep.requested == "run" and arrivals.is_open():
            _append(arrivals, rows)
            time.sleep(POLL_SECONDS)
    finally:
        tasks.cancel()
        arrivals.abort()


def _submit(
    sweep: Sweep,
    waiting: Iterator[PlannedRun],
    tasks: Tasks,
    arrivals: Arrivals,
    processes: int | None,
) -> bool:
    """Give the cluster as many runs as it trains at once; return whether it has any."""
    at_once = processes or tasks.at_once()
    while tasks.count < at_once and (planned := next(waiting, None)) is not None:
        if ended_run(sweep, planned) is not None:  # it came back, and a kill left no row of it
            arrivals.finish(planned)
        else:
            tasks.submit(planned)
    return tasks.count > 0


def _append(arrivals: Arrivals, rows: Rows) -> None:
    for line in arrivals.rows():
        rows.append(*line)


def _add(sweep: Sweep, planned: PlannedRun, found: Outcome | Exception, arrivals: Arrivals) -> None:
    """Add what a task returned: a run, or the row of one that failed."""
    path = sweep.run_path(planned)
    if isinstance(found, Exception):
        reason = f"Its task failed: {type(found).__name__}: {last_line(found)}"
        arrivals.add_row(failure_line(planned, path, RunError(reason)))
    elif found.content:
        arrivals.add(planned, found.line[1], found.content)
    elif found.line[0] == DISK_FULL:  # there: others go on
        error = RunError(f"The disk of a machine of the cluster is full. Received: {found.host}")
        arrivals.add_row(failure_line(planned, path, error))
    else:
        arrivals.add_row((ROWS, {**found.line[1], "run": path.name}))
