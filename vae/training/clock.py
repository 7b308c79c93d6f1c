"""How long a run has trained."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["TrainingClock"]


class TrainingClock:
    """Counts the seconds that a run trains, over all its processes, without its pauses.

    seconds: those that earlier processes have trained.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self._before = seconds
        self._started: float | None = time.perf_counter()  # None while it stands still

    @property
    def seconds(self) -> float:
        """Seconds trained until now."""
        if self._started is None:
            return self._before
        return self._before + time.perf_counter() - self._started

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Count nothing within."""
        self._before, self._started = self.seconds, None
        try:
            yield
        finally:
            self._started = time.perf_counter()
