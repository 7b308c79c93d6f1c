"""An act that is done once, however Streamlit's runs of the script overtake each other.

A message that comes while a script runs stops it at its next call of Streamlit, and the session's
state is such a call: an act may have been done whose outcome was never noted. The next run, which
may begin while the first one is still at it, continues from there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Once"]

Value = TypeVar("Value")
PATIENCE_SECONDS = 5.0  # a run of the script begins within moments, unless it was stopped for good


class Once(Generic[Value]):
    """What a callback leaves in the session's state for the run of the script that comes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: list[Value] = []
        self._began = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether a run of the script may still begin it: nobody waits for a click of long ago."""
        return bool(self._values) or time.monotonic() - self._began < PATIENCE_SECONDS

    def __call__(self, make: Callable[[], Value]) -> Value:
        """Return what `make` returns, which must not call Streamlit; what it raises counts not."""
        with self._lock:
            if not self._values:
                self._values.append(make())
            return self._values[0]
