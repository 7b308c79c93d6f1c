"""The lock that a run's process holds as long as it lives; the system releases a killed one's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from vae.runs.layout import LOCK

__all__ = ["LOCK_PATIENCE_SECONDS", "is_held", "run_lock"]

# Who checks whether a run is alive may hold its lock for a moment.
LOCK_PATIENCE_SECONDS = 10


def run_lock(folder: Path) -> FileLock:
    """Return the lock of a run's folder."""
    return FileLock(folder / LOCK)


def is_held(folder: Path) -> bool:
    """Whether a process holds the lock of a run's folder; nothing is written."""
    if sys.platform == "win32":
        return _is_held_by_trying(folder)
    import fcntl

    try:
        file = os.open(folder / LOCK, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False  # no process was here, or none can be
    try:
        # Shared, so that two who check at the same moment do not take each other for the process.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system with locks of another kind
        return _is_held_by_trying(folder)
    finally:
        os.close(file)
    return False


def _is_held_by_trying(folder: Path) -> bool:
    if not folder.is_dir():
        return False  # to lock it would make the folder
    try:
        with run_lock(folder).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False  # a folder that cannot be written to has no process either
