"""Runs a study to its end, or until a pause or a stop is requested; again and again where needed.

This process hands jobs out, appends what is found and never imports TensorFlow; as many worker
processes as there are cores train, one thread each. What was found is never computed again, and
what is left gives the same numbers whoever computes it, in whichever order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from vae.augmentation.choice import choose
from vae.augmentation.methods import ALL_LABELS
from vae.augmentation.plan import (
    Cell,
    ChoiceJob,
    choice_jobs,
    job_of,
    total_trainings,
    wanted_cells,
)
from vae.augmentation.study import CHOICES, JUDGE, TRIALS, Study
from vae.data.datasets import Dataset
from vae.environment import worker_count
from vae.errors import StudyError
from vae.files import write_json
from vae.studies.images import loads_the_same
from vae.studies.layout import ROWS
from vae.studies.pool import work_in_processes
from vae.studies.session import Session, session
from vae.studies.writer import request

__all__ = ["check_dataset", "run_study"]

WORKER = "vae.augmentation.worker"
OnProgress = Callable[[float], None]


def run_study(
    study: Study,
    dataset: Dataset,
    processes: int | None = None,
    on_progress: OnProgress = lambda fraction: None,
) -> Study:
    """Train what is left of a study; return it.

    processes: that train; as many as memory and cores allow, if None. A data set that
    `load_dataset` does not know is trained on in this process. on_progress: called with the
    fraction of trainings that are done. Raises StudyError for other images than those that the
    study began with, where another process works on it, and if a worker fails; OSError for a full
    disk. Whatever ends it, what was found stays, and to call this again continues.
    """
    check_dataset(study, dataset)
    request(study.path, "run")
    total = total_trainings(study.settings)
    done = len(study.trials) + len(study.rows)
    with session(study, (TRIALS, ROWS), done, total) as now:
        on_progress(now.fraction)
        perform = _performer(study, dataset, processes or worker_count(), now, on_progress)
        perform([*_first_jobs(study), *choice_jobs(study.settings, study.trials)])
        if not study.choices:
            # Frozen here, before the first seed of the study has any row.
            write_json(study.path / CHOICES, choose(study.settings, study.trials))
        perform(wanted_cells(study.settings, study.rows))
    return study


def check_dataset(study: Study, dataset: Dataset) -> None:
    """Raise StudyError unless these are the images that the study began with."""
    settings = study.settings
    if dataset.fingerprint != settings["fingerprint"]:
        raise StudyError(
            f"A study continues with the images that it began with, {settings['dataset']} of "
            f"fingerprint {settings['fingerprint'][:8]}. Received: {dataset.name} of fingerprint "
            f"{dataset.fingerprint[:8]}; start another study in a folder of its own"
        )


def _first_jobs(study: Study) -> list[Cell]:
    """Return the classifier of all labels that judges samples, unless it is there."""
    if "all" not in study.settings["methods"] or (study.path / JUDGE).exists():
        return []
    return [Cell(ALL_LABELS, 0, ("all",))]


def _performer(
    study: Study, dataset: Dataset, processes: int, now: Session, on_progress: OnProgress
) -> Callable[[Sequence[Cell | ChoiceJob]], None]:
    """Return what does jobs, in processes or in this one."""
    # A judge that was removed is trained again, its row is there already.
    known = {(row["per_class"], row["seed"], row["method"]) for row in study.rows}

    def append(name: str, line: dict[str, Any]) -> None:
        if name == ROWS:
            key = line["per_class"], line["seed"], line["method"]
            if key in known:
                return
            known.add(key)
        now.append(name, line)
        on_progress(now.fraction)

    if loads_the_same(dataset):

        def in_processes(parts: Sequence[Cell | ChoiceJob]) -> None:
            path = str(study.path.absolute())
            jobs = [{"study": path, **job_of(part)} for part in parts]
            work_in_processes(WORKER, jobs, processes, append, now.check)

        return in_processes

    from vae.augmentation.work import Worker

    worker = Worker(study, dataset, now.check)

    def here(parts: Sequence[Cell | ChoiceJob]) -> None:
        for part in parts:
            for name, line in worker.work(job_of(part)):
                append(name, line)

    return here
