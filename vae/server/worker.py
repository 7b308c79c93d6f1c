"""The process around training: python -m vae.server.worker FOLDER [ACTION], of a run or a study.

It holds the run's lock as long as it lives, by which others see that it does, and it is the only
place where the app uses TensorFlow. SIGTERM makes it pause its run and end. With --warm it loads
TensorFlow first and then waits for a line with a run and an action.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

from vae.dotted_path import resolve
from vae.environment import limits
from vae.errors import RunError
from vae.files import open_regular
from vae.model.lean_keras import import_lean
from vae.runs.failures import in_words, record_failure
from vae.runs.layout import LOG
from vae.runs.lock import LOCK_PATIENCE_SECONDS
from vae.runs.progress import end_progress, progress_writer, write_progress
from vae.runs.results import RESULTS, Result
from vae.runs.run import ACTIVE_STATES, STOPPED_BEFORE, Run, open_run
from vae.runs.run_images import load_images
from vae.runs.schema import RunState
from vae.runs.writer import RunWriter
from vae.server.durations import result_seconds
from vae.server.study_worker import work_on_study
from vae.server.tickets import ACTIONS, STUDY_ACTIONS

_should_end = threading.Event()
_interruptible = threading.Event()  # at any line, by SIGTERM


def main() -> int:
    """Do a job for a run; the exit status is 0 if it is done."""
    parser = argparse.ArgumentParser(prog="vae.server.worker", description=__doc__)
    parser.add_argument("run", type=Path, nargs="?")
    actions = (*ACTIONS, *STUDY_ACTIONS)
    parser.add_argument("action", nargs="?", default="train", choices=actions)
    parser.add_argument("--warm", action="store_true", help="wait for a run on standard input")
    arguments = parser.parse_args()
    if arguments.warm == (arguments.run is not None):
        parser.error("a run folder or --warm is needed. Received: both or none")
    if hasattr(os, "nice"):
        os.nice(10)  # pages answer first
    import_lean()
    if arguments.warm:
        return _wait_warm()
    return work(arguments.run, arguments.action)


def work(path: Path, action: str) -> int:
    """Hold a run's lock and do one job for it."""
    signal.signal(signal.SIGTERM, _end)
    if action in STUDY_ACTIONS:
        with _interrupted_by_sigterm():
            return work_on_study(path, action)
    try:
        lock = open_run(path).lock()
        with lock.acquire(timeout=LOCK_PATIENCE_SECONDS):
            run = open_run(path)  # anew: it may have ended while this waited
            return do_job(run, action, lock)
    except Timeout:
        print(f"Another process holds this run: {path}", file=sys.stderr)
    except RunError as error:  # deleted, or damaged, since it was put into the queue
        print(error, file=sys.stderr)
    return 1


def do_job(run: Run, action: str, lock: FileLock) -> int:
    """Do one of `ACTIONS` for a run whose lock is held; return the exit status."""
    if action in RESULTS:
        return _compute(run, RESULTS[action])
    return _JOBS[action](run, lock)


def _end(number: int, frame: FrameType | None) -> None:
    _should_end.set()
    if _interruptible.is_set():
        raise KeyboardInterrupt


def _wait_warm() -> int:
    importlib.import_module("vae.training.train")  # slow: TensorFlow

    line = sys.stdin.readline()
    if not line:
        return 0  # the server is gone
    job = json.loads(line)
    with open_regular(Path(job["run"]) / LOG, "ab") as log:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(log.fileno(), stream.fileno())
    return work(Path(job["run"]), job["action"])


def _train(run: Run, lock: FileLock) -> int:
    control = run.control
    nothing_new = control.serial == run.status.get("serial", 0)
    # Perhaps it was stopped while this process started.
    is_over = run.state == RunState.STOPPED and control.action == "stop"
    if run.state != RunState.QUEUED and (nothing_new or is_over):
        print(f"Nothing is left to do for this run: {run.state}", file=sys.stderr)
        return 0
    writer = RunWriter.reopen(run.path)
    try:
        writer.status(state=RunState.STARTING, reason="", pid=os.getpid())
        # Slow imports: from here on TensorFlow is in this process.
        from vae.training.hooks import UNLIMITED
        from vae.training.train import carry_out

        if run.control.action == "stop" and not run.status.get("epoch"):
            writer.status(state=RunState.STOPPED, reason=STOPPED_BEFORE)
            return 0
        carry_out(
            run,
            load_images(run, download=False),  # without a name that would hold it, see carry_out()
            should_end=_should_end.is_set,
            seconds=limits().seconds or UNLIMITED,
            lock=lock,
        )
    except Exception as error:
        traceback.print_exc()  # into worker.log
        record_failure(run.path, error)
        return 1
    return 0


def _recover(run: Run, lock: FileLock) -> int:
    if run.state not in (RunState.INTERRUPTED, RunState.STOPPED, *ACTIVE_STATES):
        print(f"Nothing is to recover in this run: {run.state}", file=sys.stderr)
        return 0
    writer = RunWriter.reopen(run.path)
    try:
        writer.status(pid=os.getpid())
        dataset = load_images(run, download=False)
        from vae.training.model_files import recover

        recover(run, dataset)
    except Exception as error:
        traceback.print_exc()
        state = RunState.STOPPED if run.state == RunState.STOPPED else RunState.INTERRUPTED
        RunWriter.reopen(run.path).status(must=True, state=state, reason=in_words(error))
        return 1
    return 0


def _export(run: Run, lock: FileLock) -> int:
    try:
        from vae.model.saving import export_onnx

        export_onnx(run.load_model(), run.path)
    except Exception as error:
        traceback.print_exc()
        # Its state stays: what exists of it can be shown, and perhaps it can be resumed.
        reason = f"It has no model. {in_words(error, 'The export')}"
        RunWriter.reopen(run.path).status(must=True, reason=reason)
        return 1
    return 0


def _compute(run: Run, result: Result) -> int:
    """Compute something of a run's model; its state stays, whatever the outcome."""
    seconds = result_seconds(run, result.name)
    write_progress(run.path, result.name, 0.0, seconds=seconds)
    try:
        with _interrupted_by_sigterm():
            run.require(result.needs)
            if result.check is not None:
                resolve(result.check)(run)
            images = [load_images(run, download=False)] if result.needs_images else []
            on_progress = progress_writer(run.path, result.name, seconds)
            resolve(result.compute)(run, *images, on_progress=on_progress)
    except (Exception, KeyboardInterrupt) as error:
        traceback.print_exc()
        write_progress(run.path, result.name, 0.0, in_words(error, "It"))
        return 1
    end_progress(run.path, result.name)
    return 0


@contextmanager
def _interrupted_by_sigterm() -> Generator[None]:
    """Raise KeyboardInterrupt at once where the process is asked to terminate.

    Libraries that fit a model for seconds have no callback to ask in. Nothing is lost by that: a
    result is written whole, at its end.
    """
    _interruptible.set()
    try:
        if _should_end.is_set():
            raise KeyboardInterrupt
        yield
    finally:
        _interruptible.clear()


# Jobs that change a run; all others compute a result.
_JOBS = {"train": _train, "recover": _recover, "export": _export}

if __name__ == "__main__":
    sys.exit(main())
