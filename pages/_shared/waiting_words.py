"""What is said of a run or a study that waits in the queue."""

from __future__ import annotations

from typing import Literal

from vae.server.durations import time_in_words
from vae.server.queue import Position

__all__ = ["waiting_words"]


def waiting_words(position: Position, what: Literal["run", "job"]) -> str:
    """Return its number in the queue and how long that takes; what: those before it are called."""
    if not position.ahead:
        return "Next in the queue: it starts in a moment."
    others = f"{what} goes" if position.ahead == 1 else f"{what}s go"
    return (
        f"Number {position.ahead + 1} in the queue: {position.ahead} {others} first, "
        f"about {time_in_words(position.seconds)}."
    )
