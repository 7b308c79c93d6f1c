"""Ctrl-C while a run trains: the first one requests a clean end, the second one ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["StopRequest", "stop_on_ctrl_c"]


class StopRequest:
    """Whether a clean end was requested; a training takes it as `should_stop`."""

    def __init__(self) -> None:
        self.signal = 0  # the one that came
        self.noticed = threading.Event()  # set once the training has asked

    def __call__(self) -> bool:
        """Whether the run is to end."""
        if self.signal:
            self.noticed.set()
        return bool(self.signal)


@contextmanager
def stop_on_ctrl_c() -> Iterator[StopRequest]:
    """Have Ctrl-C ask for a clean end within, where nobody else has taken it over.

    That is in the main thread alone, in a script as in a notebook.
    """
    request = StopRequest()
    usual = signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or (
        signal.getsignal(signal.SIGINT) is not usual
    ):
        yield request
        return

    def request_stop(number: int, _: FrameType | None) -> None:
        request.signal = number
        signal.signal(signal.SIGINT, usual)  # the second one interrupts whatever is under way

    signal.signal(signal.SIGINT, request_stop)
    try:
        yield request
    finally:
        signal.signal(signal.SIGINT, usual)
