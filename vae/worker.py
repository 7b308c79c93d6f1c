"""The process around training: python -m vae.worker RUN_DIR [--tsne].

It holds the run's lock as long as it lives, so that everyone can see whether it still does, and
it is the only place where the app uses TensorFlow. What it has to do follows from the folder: a
queued run is trained, an interrupted one gets its model files from the last checkpoint.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from pathlib import Path

from filelock import FileLock, Timeout

from vae.errors import VAEError
from vae.recorder import Recorder
from vae.runs import ACTIVE_STATES, LOCK_PATIENCE_SECONDS, Run, open_run


def main() -> int:
    """Do what the run folder waits for; the exit status is 0 if that is done."""
    parser = argparse.ArgumentParser(prog="vae.worker", description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--tsne", action="store_true", help="compute the t-SNE projection")
    arguments = parser.parse_args()
    if hasattr(os, "nice"):
        os.nice(10)  # pages answer first
    try:
        lock = open_run(arguments.run).lock()
        with lock.acquire(timeout=LOCK_PATIENCE_SECONDS):
            run = open_run(arguments.run)  # anew: it may have ended while this waited
            return _tsne(run) if arguments.tsne else _train(run, lock)
    except Timeout:
        print(f"Another process holds this run: {arguments.run}", file=sys.stderr)
        return 1


def _tsne(run: Run) -> int:
    from vae.latent import compute_tsne

    compute_tsne(run)
    return 0


def _train(run: Run, lock: FileLock) -> int:
    if run.state not in ("queued", "interrupted", *ACTIVE_STATES):
        print(f"Nothing is left to do for this run: {run.state}", file=sys.stderr)
        return 0
    recorder = Recorder.reopen(run.path)
    # The lock is ours, so a state that says "training" is that of a process which is gone.
    recovering = run.state != "queued"
    if not recovering:
        recorder.status(state="starting", pid=os.getpid())
    try:
        # Slow imports: from here on TensorFlow is in this process.
        from vae.datasets import load_dataset
        from vae.training import recover, train

        if recovering:
            recover(run, load_dataset(run.dataset, download=False))
        else:
            train(
                run.config,
                load_dataset(run.dataset, download=False),  # held by no name, see train()
                out=run.path,
                should_stop=lambda: run.stop_requested,
                lock=lock,
            )
    except Exception as error:
        traceback.print_exc()  # into worker.log, for whoever mends it
        recorder = Recorder.reopen(run.path)
        state = "interrupted" if recovering else "failed"
        recorder.status(state=state, reason=_in_words(error))
        return 1
    return 0


def _in_words(error: Exception) -> str:
    if isinstance(error, VAEError):
        return str(error)
    if isinstance(error, MemoryError) or "OOM" in str(error):
        return "The memory of this machine did not suffice: choose a smaller network or batch."
    first = str(error).strip().splitlines() or [""]
    return f"Training failed: {type(error).__name__}: {first[0]:.160}. worker.log tells more."


if __name__ == "__main__":
    sys.exit(main())
