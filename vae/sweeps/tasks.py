"""The runs that a Ray cluster trains now, as tasks of Ray's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from vae.data.datasets import Dataset
from vae.environment import training_threads
from vae.errors import StudyError
from vae.files import write_json
from vae.studies.pool import THREADS
from vae.sweeps.plan import PlannedRun
from vae.sweeps.remote import Job, Outcome, Progress, Refusal, task, worker_versions
from vae.sweeps.schema import RunningRun
from vae.sweeps.study import RUNNING, Sweep

__all__ = ["Tasks", "last_line"]

CPUS = 1  # of a run
RETRIES = 5  # of a run whose machine died
POLL_SECONDS = 0.5
CANCEL_SECONDS = 10.0
CPU_BUILD = "tensorflow-cpu"
# What Ray says where this package is not there.
NOT_THERE = ("No module named 'vae'", "failed to import on the worker")


class Tasks:
    """Gives runs to a cluster, waits for them, and knows how far they are.

    ray: the module, connected.
    """

    def __init__(self, ray: Any, sweep: Sweep, dataset: Dataset) -> None:
        self._ray, self._sweep = ray, sweep
        self._versions = worker_versions()
        # The processor's build uses no GPU.
        self._gpus = int(
            CPU_BUILD not in self._versions and ray.cluster_resources().get("GPU", 0) >= 1
        )
        threads = str(sweep.settings.get("threads") or training_threads())
        self._task = ray.remote(task).options(
            num_cpus=CPUS,
            num_gpus=self._gpus,
            max_retries=RETRIES,
            runtime_env={"env_vars": dict.fromkeys(THREADS, threads)},
        )
        self._images = [ray.put(dataset)]
        self._actor = ray.remote(Progress).options(num_cpus=0, max_restarts=-1).remote()
        self._asked = self._actor.read.remote([])
        self._running: dict[Any, PlannedRun] = {}
        self._progress: dict[str, RunningRun] = {}
        self._written: dict[str, RunningRun] | None = None

    @property
    def count(self) -> int:
        """How many runs the cluster has."""
        return len(self._running)

    def at_once(self) -> int:
        """Return how many runs the cluster, as it is now, trains at once, and one more.

        That one waits where it is to run, and tells a cluster that grows on demand of the demand.
        """
        found = self._ray.cluster_resources()
        places = found.get("GPU", 0) if self._gpus else found.get("CPU", 0) // CPUS
        return int(places) + 1

    def submit(self, planned: PlannedRun) -> None:
        """Give the cluster a run."""
        settings: Any = self._sweep.settings
        job = Job(settings, planned.settings, planned.seed, self._versions)
        self._running[self._task.remote(job, self._images, self._actor)] = planned

    def ended(self) -> Iterator[tuple[PlannedRun, Outcome | Exception]]:
        """Wait a moment; yield what has ended, and what came of it.

        Raises ModuleNotFoundError for a machine without this package, as Ray does for a client
        whose head has none, StudyError for one with other versions.
        """
        ready, _ = self._ray.wait(list(self._running), timeout=POLL_SECONDS)
        for task_id in ready:
            planned = self._running.pop(task_id)
            try:
                found = self._ray.get(task_id)
            except self._ray.exceptions.RayError as error:
                found = error
                if any(words in str(error) for words in NOT_THERE):
                    raise ModuleNotFoundError(last_line(error)) from None
            else:
                if isinstance(found, Refusal):
                    raise StudyError(_other_versions(self._versions, found))
            yield planned, found

    def write_progress(self) -> float:
        """Write how far the runs are; return how many runs' work they have done together."""
        if self._ray.wait([self._asked], timeout=0)[0]:
            try:
                self._progress = self._ray.get(self._asked)
            except self._ray.exceptions.RayError:  # it was on a machine that died
                self._progress = {}
            keys = [planned.key for planned in self._running.values()]
            self._asked = self._actor.read.remote(keys)
        running = {
            self._sweep.run_path(planned).name: self._progress[planned.key]
            for planned in self._running.values()
            if planned.key in self._progress
        }
        if running != self._written:
            write_json(self._sweep.path / RUNNING, running)
            self._written = running
        return sum(each["epoch"] / each["epochs"] for each in running.values())

    def cancel(self) -> None:
        """End what still runs, so that it removes its folders; and what does not end so."""
        with suppress(OSError):
            (self._sweep.path / RUNNING).unlink()
        left = list(self._running)
        for force in (False, True):
            with suppress(ConnectionError, self._ray.exceptions.RayError):
                for task_id in left:
                    self._ray.cancel(task_id, force=force)
                if left:
                    _, left = self._ray.wait(left, num_returns=len(left), timeout=CANCEL_SECONDS)


def _other_versions(here: Mapping[str, str], found: Refusal) -> str:
    """Return which versions differ between this machine and one of the cluster."""
    there = found.versions
    words = [
        f"{name} {here.get(name, 'none')} here and {there.get(name, 'none')} there"
        for name in sorted({*here, *there})
        if here.get(name) != there.get(name)
    ]
    return (
        "All machines of a cluster need the versions of this one, by which each run is the same. "
        f"Received: {', '.join(words)}, on {found.host}"
    )


def last_line(error: Exception) -> str:
    """Return what an error of Ray's says in the end, after where it was raised."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
