"""What a worker process does for a study: its trainings, or an enlarged set to take away."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from filelock import Timeout

from vae.augmentation.enlarged_request import ENLARGED, enlarged_files, read_enlarged_request
from vae.augmentation.run import run_study
from vae.augmentation.study import Study
from vae.data.datasets import Dataset, load_dataset
from vae.errors import StudyError, VAEError
from vae.runs.failures import in_words
from vae.runs.lock import LOCK_PATIENCE_SECONDS, run_lock
from vae.runs.progress import end_progress, write_progress
from vae.server.study_jobs import set_study_state
from vae.server.study_store import AnyStudy, open_any
from vae.server.sweep_cost import sweep_processes
from vae.studies.schema import StudyState
from vae.sweeps.run import run_sweep

__all__ = ["ENLARGE", "work_on_study"]

ENLARGE = "enlarge"


def work_on_study(path: Path, action: str) -> int:
    """Do one of `STUDY_ACTIONS`; what goes wrong stands in the study's folder afterwards."""
    try:
        study = open_any(path)
    except StudyError as error:  # deleted, or damaged, since it was put into the queue
        print(error, file=sys.stderr)
        return 1
    return _enlarge(study) if action == ENLARGE and isinstance(study, Study) else _train(study)


def _train(study: AnyStudy) -> int:
    try:
        dataset = _images(study)
        if study.requested != "run":  # paused while this process started
            state = StudyState.STOPPED if study.requested == "stop" else StudyState.PAUSED
            set_study_state(study, state)
            return 0
        # Where strangers share a server it is one job among others; on one's own machine no other
        # one trains beside it.
        if isinstance(study, Study):
            run_study(study, dataset, processes=sweep_processes())
        else:
            run_sweep(study, dataset, processes=sweep_processes())
    except (Exception, KeyboardInterrupt) as error:
        traceback.print_exc()  # into worker.log
        if study.state == StudyState.QUEUED:  # it had not begun: nothing else has said why
            set_study_state(study, StudyState.FAILED, in_words(error, "The study"))
        return 1
    return 0


def _enlarge(study: Study) -> int:
    wanted = read_enlarged_request(study)
    if wanted is None:
        print("No enlarged set was requested", file=sys.stderr)
        return 1
    write_progress(study.path, ENLARGE, 0.0)
    try:
        with run_lock(study.path).acquire(timeout=LOCK_PATIENCE_SECONDS):
            dataset = _images(study)
            # Slow: from here on TensorFlow is in this process.
            from vae.augmentation.enlarged import enlarge, write_enlarged

            found = enlarge(study, dataset, wanted.generator, wanted.per_class, wanted.seed)
            for old in study.path.glob(f"{ENLARGED}*"):  # one set at a time: each has megabytes
                old.unlink()
            for path in enlarged_files(study, wanted).values():
                write_enlarged(found, path)
    except (Exception, KeyboardInterrupt) as error:
        traceback.print_exc()
        what = "Another process works on it." if isinstance(error, Timeout) else ""
        write_progress(study.path, ENLARGE, 0.0, what or in_words(error, "Making the set"))
        return 1
    end_progress(study.path, ENLARGE)
    return 0


def _images(study: AnyStudy) -> Dataset:
    """Load the data set that a study is of; raises StudyError where it is not here."""
    try:
        return load_dataset(study.dataset, download=False)
    except VAEError as error:
        raise StudyError(f"A study needs its images. {error}") from None
