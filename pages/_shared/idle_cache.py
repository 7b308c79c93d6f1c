"""What is large and shared by all visitors is let go when nobody has used it for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["IdleCache"]

Value = TypeVar("Value")


class IdleCache(Generic[Value]):
    """Makes a value when it is first asked for, and keeps it as long as it is used.

    seconds: how long one stays that nobody asks for.
    """

    def __init__(self, make: Callable[..., Value], seconds: float) -> None:
        self._make, self._seconds = make, seconds
        self._kept: dict[tuple[Hashable, ...], tuple[Value, float]] = {}  # and until when
        self._guard = threading.Lock()  # also: of two who ask at once, one makes it
        self._timer: threading.Timer | None = None

    def __contains__(self, key: tuple[Hashable, ...]) -> bool:
        return key in self._kept

    def get(self, *key: Hashable) -> Value:
        """Return what `make` makes of the key."""
        with self._guard:
            value = self._kept[key][0] if key in self._kept else self._make(*key)
            self._kept[key] = value, time.monotonic() + self._seconds
            if self._timer is None:
                self._look_again_after(self._seconds)
            return value

    def clear(self) -> None:
        """Let go of everything."""
        with self._guard:
            self._kept = {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _tidy(self) -> None:
        with self._guard:
            now = time.monotonic()
            self._kept = {key: kept for key, kept in self._kept.items() if kept[1] > now}
            self._timer = None
            if self._kept:
                self._look_again_after(min(until for _, until in self._kept.values()) - now)

    def _look_again_after(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._tidy)
        self._timer.daemon = True  # a server that ends does not wait for it
        self._timer.start()
