"""A worker process of augmentation studies: see `vae.studies.pool`."""

from __future__ import annotations

from collections.abc import Iterator

from vae.augmentation.study import open_study
from vae.data.datasets import load_dataset
from vae.environment import quiet_tensorflow
from vae.model.lean_keras import import_lean
from vae.studies.pool import Job, Line, serve

__all__ = ["main"]


def main() -> None:
    """Do jobs until there are no more."""
    quiet_tensorflow()
    import_lean()
    from vae.augmentation.work import Worker

    workers: dict[str, Worker] = {}

    def work(job: Job) -> Iterator[Line]:
        path = job.pop("study")
        if path not in workers:
            study = open_study(path)
            dataset = load_dataset(study.dataset, download=False)
            workers[path] = Worker(study, dataset)
        yield from workers[path].work(job)

    serve(work)


if __name__ == "__main__":
    main()
