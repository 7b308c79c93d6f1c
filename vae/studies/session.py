"""One session of work on a study: its lock, its state, its end, whatever that is."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from filelock import Timeout

from vae.errors import StudyError
from vae.runs.failures import in_words, is_disk_full
from vae.runs.lock import LOCK_PATIENCE_SECONDS, run_lock
from vae.studies.folder import StudyFolder
from vae.studies.schema import StudyState
from vae.studies.writer import append_line, cut_half_line, write_status

__all__ = ["Session", "StudyEnded", "session"]

ENDS = {"pause": StudyState.PAUSED, "stop": StudyState.STOPPED}


class StudyEnded(Exception):
    """A pause or a stop was requested: whoever works on the study returns."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.state = ENDS[action]


class Session:
    """What a process does to a study while it holds the lock.

    total: trainings of the whole study; done: those that are there already.
    """

    def __init__(self, study: StudyFolder[Any, Any], done: int, total: int) -> None:
        self._study, self._done, self._total = study, done, total
        self._began = time.monotonic() - study.status["seconds"]

    @property
    def fraction(self) -> float:
        """How much of the study is done, 0 to 1."""
        return self._done / max(self._total, 1)

    def fraction_with(self, running: float) -> float:
        """How much of it is done, with trainings that run and have done so many's work so far."""
        return min((self._done + running) / max(self._total, 1), 1.0)

    def check(self) -> None:
        """Raise StudyEnded if a pause or a stop is requested: to be called once a second or so."""
        if (requested := self._study.requested) != "run":
            raise StudyEnded(requested)

    def append(self, name: str, line: Mapping[str, Any], trainings: int = 1) -> None:
        """Write a line to one of the study's files, and that so many trainings more are done."""
        append_line(self._study.path / name, line)
        self._done += trainings
        self.status(StudyState.RUNNING)

    def status(self, state: StudyState, **fields: str) -> None:
        """Write how the study stands."""
        seconds = round(time.monotonic() - self._began, 1)
        counts = {"done": self._done, "total": self._total, "seconds": seconds}
        write_status(self._study.path, state=state, **counts, **fields)


@contextmanager
def session(
    study: StudyFolder[Any, Any], files: tuple[str, ...], done: int, total: int
) -> Generator[Session]:
    """Work on a study within; however that ends, its status says so and its rows stay.

    files: those with lines that are appended to. done, total: trainings that are there already,
    and of the whole study. A pause or a stop that is requested ends it in order. Raises StudyError
    where another process works on it, and what is raised within, but for StudyEnded.
    """
    lock = run_lock(study.path)
    try:
        lock.acquire(timeout=min(LOCK_PATIENCE_SECONDS, 1))
    except Timeout:
        raise StudyError(
            f"A study has one process at a time; another one works on it. Received: {study.path}"
        ) from None
    except OSError as error:
        raise StudyError(
            f"A study's folder must be writable ({error.strerror}). Received: {study.path}"
        ) from None
    with lock:
        for name in files:
            cut_half_line(study.path / name)
        now = Session(study, done, total)
        try:
            now.status(StudyState.RUNNING)
            yield now
        except StudyEnded as ended:
            now.status(ended.state)
        except BaseException as error:
            state, reason = _end_by(error)
            now.status(state, reason=reason)
            raise
        else:
            now.status(StudyState.FINISHED)


def _end_by(error: BaseException) -> tuple[StudyState, str]:
    """Return the state in which an error leaves a study, and why in words for people."""
    kept = "What was found is kept: continue the study."
    if is_disk_full(error):
        return StudyState.INTERRUPTED, f"The disk is full: free some space first. {kept}"
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return StudyState.INTERRUPTED, f"Stopped from outside. {kept}"
    return StudyState.FAILED, in_words(error, "The study")
