"""Large values that all visitors share, removed when nobody has used them for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["IdleCache"]

Value = TypeVar("Value")


class IdleCache(Generic[Value]):
    """Computes a value when it is first requested, and caches it while it is used.

    seconds: after so long without a request a value is removed.
    """

    def __init__(self, make: Callable[..., Value], seconds: float) -> None:
        self._make, self._seconds = make, seconds
        self._entries: dict[tuple[Hashable, ...], tuple[Value, float]] = {}  # and until when
        self._guard = threading.Lock()  # also: of two who ask at once, one makes it
        self._timer: threading.Timer | None = None

    def __contains__(self, key: tuple[Hashable, ...]) -> bool:
        return key in self._entries

    def get(self, *key: Hashable) -> Value:
        """Return the value of `make` for the key."""
        with self._guard:
            value = self._entries[key][0] if key in self._entries else self._make(*key)
            self._entries[key] = value, time.monotonic() + self._seconds
            if self._timer is None:
                self._schedule_expiry(self._seconds)
            return value

    def clear(self) -> None:
        """Remove all values."""
        with self._guard:
            self._entries = {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _remove_expired(self) -> None:
        with self._guard:
            now = time.monotonic()
            self._entries = {key: entry for key, entry in self._entries.items() if entry[1] > now}
            self._timer = None
            if self._entries:
                self._schedule_expiry(min(until for _, until in self._entries.values()) - now)

    def _schedule_expiry(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._remove_expired)
        self._timer.daemon = True  # a server that ends does not wait for it
        self._timer.start()
