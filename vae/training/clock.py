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
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds trained until now."""
        return self._before + time.perf_counter() - self._started

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Count nothing within."""
        self._before = self.seconds
        try:
            yield
        finally:
            self._started = time.perf_counter()
