"""The process around training: python -m vae.server.worker RUN_DIR [ACTION].

It holds the run's lock as long as it lives, so that everyone can see whether it still does, and
it is the only place where the app uses TensorFlow. Asked to terminate, it pauses its run and goes.
With --warm it loads TensorFlow first and then waits for a line with a run and an action.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from vae.environment import limits
from vae.errors import RunError
from vae.files import open_regular
from vae.runs.failures import in_words, record_failure
from vae.runs.progress import write_progress
from vae.runs.run import ACTIVE_STATES, LOCK_PATIENCE_SECONDS, STOPPED_BEFORE, Run, open_run
from vae.runs.run_images import load_images
from vae.runs.writer import RunWriter
from vae.server.tickets import ACTIONS

_ending = threading.Event()


def main() -> int:
    """Do what is asked for a run; the exit status is 0 if that is done."""
    parser = argparse.ArgumentParser(prog="vae.server.worker", description=__doc__)
    parser.add_argument("run", type=Path, nargs="?")
    parser.add_argument("action", nargs="?", default="train", choices=ACTIONS)
    parser.add_argument("--warm", action="store_true", help="wait for a run on standard input")
    arguments = parser.parse_args()
    if arguments.warm == (arguments.run is not None):
        parser.error("a run folder or --warm is needed. Received: both or none")
    if hasattr(os, "nice"):
        os.nice(10)  # pages answer first
    if arguments.warm:
        return _wait_warm()
    return work(arguments.run, arguments.action)


def work(path: Path, action: str) -> int:
    """Hold a run and do one thing for it."""
    signal.signal(signal.SIGTERM, lambda *_: _ending.set())
    try:
        lock = open_run(path).lock()
        with lock.acquire(timeout=LOCK_PATIENCE_SECONDS):
            run = open_run(path)  # anew: it may have ended while this waited
            return _DO[action](run, lock)
    except Timeout:
        print(f"Another process holds this run: {path}", file=sys.stderr)
    except RunError as error:  # deleted, or damaged, since it was put into the queue
        print(error, file=sys.stderr)
    return 1


def _wait_warm() -> int:
    import vae.training.train  # noqa: F401 (the slow import is what this is for)

    line = sys.stdin.readline()
    if not line:
        return 0  # the server is gone
    job = json.loads(line)
    with open_regular(Path(job["run"]) / "worker.log", "ab") as log:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(log.fileno(), stream.fileno())
    return work(Path(job["run"]), job["action"])


def _train(run: Run, lock: FileLock) -> int:
    control = run.control
    nothing_new = control.serial == run.status.get("serial", 0)
    # Perhaps it was stopped while this process started.
    is_over = run.state == "stopped" and control.action == "stop"
    if run.state != "queued" and (nothing_new or is_over):
        print(f"Nothing is left to do for this run: {run.state}", file=sys.stderr)
        return 0
    writer = RunWriter.reopen(run.path)
    try:
        writer.status(state="starting", reason="", pid=os.getpid())
        # Slow imports: from here on TensorFlow is in this process.
        from vae.training.hooks import UNLIMITED
        from vae.training.train import carry_out

        if run.control.action == "stop" and not run.status.get("epoch"):
            writer.status(state="stopped", reason=STOPPED_BEFORE)
            return 0
        carry_out(
            run,
            load_images(run, download=False),  # held by no name, see carry_out()
            should_end=_ending.is_set,
            seconds=limits().seconds or UNLIMITED,
            lock=lock,
        )
    except Exception as error:
        traceback.print_exc()  # into worker.log, for whoever mends it
        record_failure(run.path, error)
        return 1
    return 0


def _recover(run: Run, lock: FileLock) -> int:
    if run.state not in ("interrupted", "stopped", *ACTIVE_STATES):
        print(f"Nothing is to recover in this run: {run.state}", file=sys.stderr)
        return 0
    writer = RunWriter.reopen(run.path)
    try:
        writer.status(pid=os.getpid())
        dataset = load_images(run, download=False)
        from vae.training.train import recover

        recover(run, dataset)
    except Exception as error:
        traceback.print_exc()
        state = "stopped" if run.state == "stopped" else "interrupted"
        RunWriter.reopen(run.path).status(must=True, state=state, reason=in_words(error))
        return 1
    return 0


def _export(run: Run, lock: FileLock) -> int:
    try:
        from vae.model.saving import export_onnx

        export_onnx(run.load_model(), run.path)
    except Exception as error:
        traceback.print_exc()
        # Its state stays: what there is of it can be looked at, and perhaps it can go on.
        reason = f"It has no model. {in_words(error, 'The export')}"
        RunWriter.reopen(run.path).status(must=True, reason=reason)
        return 1
    return 0


def _tsne(run: Run, lock: FileLock) -> int:
    from vae.latent.projections import compute_tsne

    return _compute(run, "tsne", lambda: compute_tsne(run))


def _knowledge(run: Run, lock: FileLock) -> int:
    from vae.evaluation.class_probes import compute_class_probes

    return _measure(run, "knowledge", lambda run, dataset, **_: compute_class_probes(run, dataset))


def _likelihood(run: Run, lock: FileLock) -> int:
    from vae.evaluation.likelihood import compute_likelihood

    return _measure(run, "likelihood", compute_likelihood)


def _quality(run: Run, lock: FileLock) -> int:
    from vae.evaluation.sample_quality import check_measurable, compute_quality

    return _measure(run, "quality", compute_quality, check_measurable)


def _samplers(run: Run, lock: FileLock) -> int:
    from vae.sampling.fitted import compute_samplers

    return _measure(run, "samplers", compute_samplers)


def _measure(
    run: Run,
    job: str,
    compute: Callable[..., None],
    check: Callable[[Run], None] = lambda run: None,
) -> int:
    """Compute something that needs the run's images; check: before they are read."""

    def measure() -> None:
        check(run)
        compute(run, load_images(run, download=False), should_end=_ending.is_set)

    return _compute(run, job, measure)


def _compute(run: Run, job: str, compute: Callable[[], None]) -> int:
    """Compute something of a run's model; its state stays, whatever comes of it."""
    write_progress(run.path, job, 0.0)
    try:
        compute()
    except Exception as error:
        traceback.print_exc()
        write_progress(run.path, job, 0.0, in_words(error, "It"))
        return 1
    return 0


_DO = {
    "train": _train,
    "recover": _recover,
    "export": _export,
    "tsne": _tsne,
    "knowledge": _knowledge,
    "likelihood": _likelihood,
    "quality": _quality,
    "samplers": _samplers,
}

if __name__ == "__main__":
    sys.exit(main())
