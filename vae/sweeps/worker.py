"""A worker process of sweeps: see `vae.studies.pool`."""

from __future__ import annotations

import logging
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
    # It remarks that functions are traced again: each run is a model of its own.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    import_lean()
    from vae.sweeps.train_planned import ended_line, train_planned

    sweeps: dict[str, Sweep] = {}
    images: dict[str, Dataset] = {}

    def work(job: Job) -> Iterator[Line]:
        path = job["study"]
        sweep = sweeps[path] = sweeps.get(path) or open_sweep(path)
        if sweep.requested != "run":
            return  # the sweep is about to end
        config = sweep.config.replace(**job["settings"], seed=job["seed"])
        planned = PlannedRun(job["settings"], job["seed"], config)
        line = ended_line(sweep, planned)
        if line is None:
            dataset = images[path] = images.get(path) or load_dataset(sweep.dataset, download=False)
            line = train_planned(sweep, planned, dataset, lambda: sweep.requested != "run")
        if line is not None:
            yield line

    serve(work)


if __name__ == "__main__":
    main()
