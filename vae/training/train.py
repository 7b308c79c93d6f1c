"""Training: a configuration and a data set in, a run folder out."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from vae.config import Config
from vae.data.datasets import Dataset
from vae.data.split import check_trainable
from vae.environment import runs_folder
from vae.errors import RunError
from vae.files import open_regular
from vae.runs import layout
from vae.runs.failures import in_words, is_disk_full, mark_recorded, record_failure
from vae.runs.lock import LOCK_PATIENCE_SECONDS
from vae.runs.run import (
    Run,
    how_to_resume,
    open_run,
)
from vae.runs.schema import Row
from vae.runs.writer import RunWriter, new_run_id
from vae.training import model_files
from vae.training.hooks import UNLIMITED, Hooks
from vae.training.session import Session
from vae.training.stopping import stop_on_ctrl_c

__all__ = ["carry_out", "resume", "train"]

OnEvent = Callable[[Row], None]


def train(
    config: Config,
    dataset: Dataset,
    on_event: OnEvent | None = None,
    *,
    out: Path | str | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Run:
    """Train and return the run; its folder holds model, curves, snapshots and metrics.

    on_event: called with every row of the history as it is written, several an epoch.
    out: the run's folder; without it, a new one in `runs_folder()`.
    should_stop: asked every few steps; True ends the run as "stopped" with what it learned. So does
    Ctrl-C, and raises KeyboardInterrupt; a second one ends at once. `resume` continues it.

    Raises ConfigError if the layers do not fit the images, RunError if the folder cannot be used or
    the disk is full.
    """
    path = Path(out) if out is not None else runs_folder() / new_run_id()
    check_trainable(config, dataset)
    if not (path / layout.STATUS).exists() or not open_run(path).waits_for(config, dataset.name):
        RunWriter.create(path, config, dataset)
    return _train_until_stopped(open_run(path), dataset, on_event, should_stop)


def resume(
    run: Run | Path | str,
    dataset: Dataset,
    on_event: OnEvent | None = None,
    *,
    more_epochs: int = 0,
    should_stop: Callable[[], bool] | None = None,
) -> Run:
    """Resume a run from its last checkpoint, as if it had never been interrupted.

    dataset: the one that it learned. more_epochs: train so many beyond those that it was to have;
    a cosine schedule begins anew. Ctrl-C acts as in `train`.

    Raises RunError if nothing is left to do, these are other images, the checkpoint cannot be used,
    or another process trains the run.
    """
    run = open_run(run.path if isinstance(run, Run) else run)
    run.check_images(dataset)
    if run.fingerprint not in ("", dataset.fingerprint):
        raise RunError(
            "A run continues with the images that it began with. "
            f"Received: {dataset.name}, which holds others"
        )
    if run.is_alive():
        raise RunError(f"A run in training cannot be continued. Received: {run.path}")
    run.requests.resume(more_epochs)
    return _train_until_stopped(run, dataset, on_event, should_stop)


def _train_until_stopped(
    run: Run,
    dataset: Dataset,
    on_event: OnEvent | None,
    should_stop: Callable[[], bool] | None,
) -> Run:
    """Train until it ends, should_stop says so, or Ctrl-C asks for a clean end."""
    with stop_on_ctrl_c() as interrupted:
        is_requested = should_stop or (lambda: False)
        try:
            run = carry_out(
                run, dataset, on_event, should_stop=lambda: interrupted() or is_requested()
            )
        except Exception:
            # As a worker's: the reason in status.json is one line.
            with suppress(OSError), open_regular(run.path / layout.LOG, "ab") as log:
                log.write(traceback.format_exc().encode())
            raise
    if interrupted():
        how = run.status.get("reason") or f"{run.state.capitalize()}."
        raise KeyboardInterrupt(f"{how} To continue: {how_to_resume(run.path)}")
    return run


def carry_out(
    run: Run,
    dataset: Dataset,
    on_event: OnEvent | None = None,
    *,
    should_stop: Callable[[], bool] | None = None,
    should_end: Callable[[], bool] | None = None,
    seconds: float = UNLIMITED,
    lock: FileLock | None = None,
) -> Run:
    """Train a run from where its folder stands; what the app's worker process calls.

    on_event, should_stop: as in `train`. should_end: True pauses the run where it is, to be
    resumed by another process. seconds: training time that the run may use in all. lock: the run's,
    from a caller who holds it already.

    Raises RunError for images of another shape, if another process holds the run, if the checkpoint
    cannot be used, or if the disk is full.
    """
    run.check_images(dataset)
    with _locked(run, lock), _failures_recorded(run.path):
        writer = RunWriter.reopen(run.path)
        model = model_files.compile_model(run.config, dataset)
        test = dataset.without_training_images()
        hooks = Hooks(
            on_event or (lambda row: None),
            should_stop or (lambda: False),
            should_end or (lambda: False),
            seconds,
            lambda: model_files.publish(model, test, writer),
        )
        session = Session(model, dataset, writer, hooks)
        # The loop has its own copy of the training pixels: where the caller holds no other, 47 MB
        # of MNIST are freed here.
        dataset = test
        outcome = session.run()
        serial = session.commands.applied.serial
        # The export needs that memory more.
        del session
        gc.collect()
        if outcome.state == "paused":
            writer.status(state="paused", reason=outcome.reason, serial=serial)
        else:
            model_files.finish(model, dataset, writer, outcome)
    return open_run(run.path)


@contextmanager
def _locked(run: Run, lock: FileLock | None) -> Iterator[None]:
    """Hold a run's lock; raises RunError if another process does."""
    try:
        acquired = (lock or run.lock()).acquire(timeout=LOCK_PATIENCE_SECONDS)
    except Timeout:
        raise RunError(
            f"One process at a time trains a run. Received: {run.path}, which another one holds"
        ) from None
    with acquired:
        yield


@contextmanager
def _failures_recorded(path: Path) -> Iterator[None]:
    """Record in the run what ended it, and say in the error how to resume."""
    try:
        yield
    except KeyboardInterrupt as stop:
        record_failure(path, stop)
        stop.add_note(f"To continue from the last checkpoint: {how_to_resume(path)}")
        raise
    except Exception as error:
        record_failure(path, error)
        if is_disk_full(error):
            disk_full = RunError(f"{in_words(error)} Received: {path}")
            mark_recorded(disk_full)
            raise disk_full from error
        raise
