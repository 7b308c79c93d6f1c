"""Takes what comes of a sweep's runs, wherever they are trained."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any

from vae.studies.session import Session
from vae.sweeps.study import ENDED
from vae.sweeps.train_planned import DISK_FULL

__all__ = ["OnProgress", "Rows"]

OnProgress = Callable[[float], None]


class Rows:
    """Writes rows into the sweep's folder, and reports how much of the sweep is done."""

    def __init__(self, now: Session, on_progress: OnProgress) -> None:
        self._now, self._on_progress = now, on_progress

    def append(self, name: str, line: dict[str, Any]) -> None:
        """Write a row; raises OSError for a full disk."""
        if name == DISK_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), line["path"])
        # One that failed is trained again when the sweep is continued.
        self._now.append(name, line, trainings=int(line["state"] in ENDED))
        self._on_progress(self._now.fraction)

    def report(self, running: float) -> None:
        """Report how much is done, when runs in training have done so many runs' work together."""
        self._on_progress(self._now.fraction_with(running))
