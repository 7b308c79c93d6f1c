"""What a machine of a cluster does: it trains one run in a folder of its own, and sends it back."""

from __future__ import annotations

import hashlib
import importlib
import math
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from vae.data.datasets import Dataset
from vae.environment import INSTALLED_APP, quiet_tensorflow
from vae.runs.schema import Row
from vae.studies.layout import ROWS
from vae.studies.pool import Line
from vae.studies.versions import package_versions
from vae.studies.writer import create_folder
from vae.sweeps.plan import PlannedRun
from vae.sweeps.schema import RunningRun
from vae.sweeps.study import ENDED, KIND, open_sweep

__all__ = ["Job", "Outcome", "Progress", "Refusal", "task", "train_remotely", "worker_versions"]

PACKAGE = Path(__file__).parents[1]
REPORT_SECONDS = 1.0  # between two reports of a run

OnRunProgress = Callable[[str, RunningRun], None]


class Job(NamedTuple):
    """What a task gets. sweep: study.json of the sweep. versions: those of the driver."""

    sweep: dict[str, Any]
    settings: dict[str, Any]
    seed: int
    versions: dict[str, str]


class Outcome(NamedTuple):
    """What comes back: the row, and the run's folder as a zip, empty of one that failed.

    host: the name of the machine.
    """

    host: str
    line: Line
    content: bytes


class Refusal(NamedTuple):
    """What a machine says that has other versions than the driver."""

    host: str
    versions: dict[str, str]


class Progress:
    """An actor of Ray's, to which tasks write how far they are, and from which the driver reads."""

    def __init__(self) -> None:
        self._runs: dict[str, RunningRun] = {}

    def write(self, key: str, running: RunningRun) -> None:
        """Keep how far a run is."""
        self._runs[key] = running

    def read(self, keys: list[str]) -> dict[str, RunningRun]:
        """Return how far these runs were when they last said so, and forget the others."""
        self._runs = {key: self._runs[key] for key in keys if key in self._runs}
        return self._runs


@cache
def worker_versions() -> dict[str, str]:
    """Return the versions on which a run's numbers depend; of this package, its code's own hash."""
    code = hashlib.sha256()
    # A wheel has the app's code inside the package, which trains nothing.
    for path in sorted(PACKAGE.rglob("*.py")):
        if INSTALLED_APP in path.parents:
            continue
        code.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return {**package_versions(), "vae-lab": code.hexdigest()[:12]}


def task(job: Job, images: list[Any], progress: Any) -> Outcome | Refusal:
    """Be a task of Ray's. images: the reference to a data set, in a list, else Ray opens it.

    progress: the actor `Progress`.
    """
    ray = importlib.import_module("ray")  # an extra: its types are not at hand

    def on_progress(key: str, running: RunningRun) -> None:
        progress.write.remote(key, running)

    return train_remotely(job, lambda: ray.get(images[0]), on_progress)


def train_remotely(
    job: Job, images: Callable[[], Dataset], on_progress: OnRunProgress
) -> Outcome | Refusal:
    """Train one run in a temporary folder, if the versions here are the driver's.

    images: is called after they were compared, since objects of other versions may not even open.
    on_progress: is called with the run's key and how far it is, once a second or so.
    """
    versions, host = worker_versions(), socket.gethostname()
    if versions != job.versions:
        return Refusal(host, versions)
    quiet_tensorflow()
    from vae.model.lean_keras import import_lean

    import_lean()
    from vae.archive.zip_export import export_zip
    from vae.runs.run import open_run
    from vae.sweeps.train_planned import train_planned

    _remove_leftovers()
    with tempfile.TemporaryDirectory(prefix=f"{_own_prefix()}{os.getpid()}-") as folder:
        create_folder(Path(folder), KIND, {**job.sweep, "runs": "own"}, total=1)
        sweep = open_sweep(folder)
        config = sweep.config.replace(**job.settings, seed=job.seed)
        planned = PlannedRun(job.settings, job.seed, config)
        report = _Report(planned, on_progress)
        line = train_planned(sweep, planned, images(), lambda: False, report)
        assert line is not None  # nobody pauses it
        path, content = sweep.run_path(planned), b""
        if line[0] == ROWS and line[1]["state"] in ENDED:
            for network in path.glob("*.onnx"):  # written anew where they are to run
                network.unlink()
            content = export_zip(open_run(path))
    return Outcome(host, line, content)


def _own_prefix() -> str:
    return f"vae-sweep-{socket.gethostname()}-"


def _remove_leftovers() -> None:
    """Remove the folders of processes that were killed on this machine."""
    prefix = _own_prefix()
    for path in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        number = path.name.removeprefix(prefix).partition("-")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(path, ignore_errors=True)


class _Report:
    """Reports how far a run is, from the rows of its history."""

    def __init__(self, planned: PlannedRun, on_progress: OnRunProgress) -> None:
        self._planned, self._on_progress, self._last = planned, on_progress, 0.0

    def __call__(self, row: Row) -> None:
        values: Mapping[str, Any] = row
        loss = values.get("loss", math.nan)
        if time.monotonic() - self._last < REPORT_SECONDS or not math.isfinite(loss):
            return
        self._last = time.monotonic()
        done = row["epoch"] - (row["kind"] != "epoch")
        epochs = self._planned.config.epochs
        self._on_progress(self._planned.key, {"epoch": done, "epochs": epochs, "loss": loss})
