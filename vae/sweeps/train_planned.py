"""Trains one run of a sweep, from wherever it stands, and says what came of it."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from vae.data.datasets import Dataset
from vae.environment import limits
from vae.errors import RunError
from vae.runs.control import read_control
from vae.runs.failures import in_words, is_disk_full
from vae.runs.layout import CONFIG
from vae.runs.metadata import clean_name, read_metadata, write_metadata
from vae.runs.run import Run, open_run
from vae.runs.schema import Row, RunState
from vae.runs.writer import RunWriter
from vae.studies.layout import ROWS
from vae.studies.pool import Line
from vae.sweeps.plan import PlannedRun
from vae.sweeps.results import METRICS
from vae.sweeps.schema import SweepRow
from vae.sweeps.study import ENDED, Sweep

__all__ = ["DISK_FULL", "ended_line", "ended_run", "failure_line", "row_of", "train_planned"]

DISK_FULL = "disk_full"  # a line that says so, instead of a row


def train_planned(
    sweep: Sweep,
    planned: PlannedRun,
    dataset: Dataset,
    should_end: Callable[[], bool],
    on_event: Callable[[Row], None] = lambda row: None,
) -> Line | None:
    """Train one run; return its row, or None if it was paused.

    The run is the one that `vae.train` gives with the same configuration. One that fails is a row
    too: the others go on without it.
    """
    path = sweep.run_path(planned)

    def should_leave() -> bool:
        """Whether the sweep is to end, or somebody pauses this one run by hand."""
        return should_end() or read_control(path).action == "pause"

    try:
        run = _trained(sweep, planned, path, dataset, should_leave, on_event)
    except Exception as error:
        return failure_line(planned, path, error)
    has_ended = run.state in ENDED or run.metadata.deleted
    return (ROWS, row_of(planned, run)) if has_ended else None


def ended_line(sweep: Sweep, planned: PlannedRun) -> Line | None:
    """Return the row of a run that is there and has ended, of any other one None.

    One that came from another machine gets the ONNX files that it came without.
    """
    run = ended_run(sweep, planned)
    if run is None:
        return None
    try:
        if not (run.has_model or run.metadata.deleted):
            from vae.model.saving import export_onnx

            export_onnx(run.load_model(), run.path)
    except Exception as error:
        return failure_line(planned, run.path, error)
    return ROWS, row_of(planned, run)


def ended_run(sweep: Sweep, planned: PlannedRun) -> Run | None:
    """Return the run in the folder of a planned one, if it has ended and is no other one."""
    try:
        run = open_run(sweep.run_path(planned))
    except RunError:
        return None
    known = run.fingerprint == sweep.settings["fingerprint"] and run.config == planned.config
    return run if known and (run.state in ENDED or run.metadata.deleted) else None


def failure_line(planned: PlannedRun, path: Path, error: BaseException) -> Line:
    """Return the row of a run that failed by an error, or that the disk is full."""
    if any(is_disk_full(each) for each in (error, error.__cause__, error.__context__) if each):
        return DISK_FULL, {"path": str(path)}
    failed: SweepRow = {
        "settings": planned.settings,
        "seed": planned.seed,
        "run": path.name,
        "state": RunState.FAILED,
        "metrics": {},
        "seconds": 0.0,
        "reason": cast("Any", in_words(error)),
    }
    return ROWS, cast("dict[str, Any]", failed)


def row_of(planned: PlannedRun, run: Run) -> dict[str, Any]:
    """Return the row of a run that has ended; of one that somebody changed, without figures.

    A setting that was changed while it trained makes it another run than the planned one.
    """
    metrics = cast("dict[str, Any]", run.metrics)
    reason, state = str(run.status.get("reason", "")), str(run.state)
    if run.metadata.deleted:
        metrics, reason, state = {}, "It was deleted.", str(RunState.STOPPED)
    elif run.control.settings:
        metrics, reason = {}, "Its settings were changed by hand while it trained."
    return {
        "settings": planned.settings,
        "seed": planned.seed,
        "run": run.path.name,
        "state": state,
        "metrics": {
            name: float(metrics[name])
            for name in METRICS
            if isinstance(metrics.get(name), int | float) and math.isfinite(metrics[name])
        },
        "seconds": round(float(run.status.get("seconds_trained", 0.0)), 2),
        "reason": reason,
    }


def _trained(
    sweep: Sweep,
    planned: PlannedRun,
    path: Path,
    dataset: Dataset,
    should_end: Callable[[], bool],
    on_event: Callable[[Row], None],
) -> Run:
    from vae.training.hooks import UNLIMITED
    from vae.training.train import carry_out

    if not (path / CONFIG).exists():
        _make(sweep, planned, path, dataset)
    run = open_run(path)
    if run.fingerprint not in ("", dataset.fingerprint) or run.config != planned.config:
        raise RunError(f"A run of the sweep was expected in its folder. Received: another: {path}")
    if run.state in ENDED or run.metadata.deleted:
        return run
    if run.is_alive():
        raise RunError(f"A run that nobody else trains was expected. Received: {path}")
    if run.can_resume:
        run.requests.resume()
        run = open_run(path)
    return carry_out(
        run, dataset, on_event, should_end=should_end, seconds=limits().seconds or UNLIMITED
    )


def _make(sweep: Sweep, planned: PlannedRun, path: Path, dataset: Dataset) -> None:
    """Make the run's folder where no queue takes it for a run that waits for a worker."""
    made = sweep.path / f".making-{path.name}"
    shutil.rmtree(made, ignore_errors=True)
    try:
        writer = RunWriter.create(made, planned.config, dataset, read_metadata(sweep.path).owner)
        write_metadata(made, name=clean_name(planned.label))
        writer.status(state=RunState.STARTING)
        path.parent.mkdir(parents=True, exist_ok=True)
        made.rename(path)
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(made)
        raise
