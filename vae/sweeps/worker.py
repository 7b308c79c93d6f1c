"""A worker process of sweeps: see `vae.studies.pool`."""

from __future__ import annotations

from collections.abc import Iterator

from vae.data.datasets import Dataset, load_dataset
from vae.environment import quiet_tensorflow
from vae.model.lean_keras import import_lean
from vae.studies.pool import Job, Line, serve
from vae.sweeps.plan import PlannedRun
from vae.sweeps.study import Sweep, open_sweep

__all__ = ["main"]


def main() -> None:
    """Do jobs until there are no more."""
    quiet_tensorflow()
    import_lean()
    from vae.sweeps.train_planned import train_planned

    known: dict[str, tuple[Sweep, Dataset]] = {}

    def work(job: Job) -> Iterator[Line]:
        path = job["study"]
        if path not in known:
            sweep = open_sweep(path)
            known[path] = sweep, load_dataset(sweep.dataset, download=False)
        sweep, dataset = known[path]
        if sweep.requested != "run":
            return  # the sweep is about to end
        config = sweep.config.replace(**job["settings"], seed=job["seed"])
        planned = PlannedRun(job["settings"], job["seed"], config)
        line = train_planned(sweep, planned, dataset, lambda: sweep.requested != "run")
        if line is not None:
            yield line

    serve(work)


if __name__ == "__main__":
    main()
