"""What a server is told from outside: who shares it, what a run may use, how many train at once."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import joblib
import psutil

from vae.architecture import ImageShape, summarize
from vae.config import Config
from vae.errors import ConfigError

__all__ = [
    "Limits",
    "StorageLimits",
    "grace_seconds",
    "is_public",
    "limits",
    "memory_megabytes",
    "storage_limits",
    "worker_count",
]

# Measured with `python -m benchmarks`: the server while visitors move, a worker at its peak on
# 60,000 images, and what a further one adds to it, since they share the libraries.
SERVER_MEGABYTES = 400
WORKER_MEGABYTES = 940
FURTHER_WORKER_MEGABYTES = 750
CGROUP = Path("/sys/fs/cgroup")
CGROUP_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")  # version 2, version 1
COMMUNITY_CLOUD = "/mount/src/"


@dataclass(frozen=True)
class Limits:
    """What one run may use; 0 is no limit."""

    epochs: int = 0
    seconds: float = 0.0
    parameters: int = 0

    def check(self, config: Config, image_shape: ImageShape, classes: int) -> None:
        """Raise ConfigError if a configuration asks for more on images of so many classes."""
        asked = {
            "epochs": config.epochs,
            "parameters": summarize(config, image_shape, classes).total,
        }
        for name, value in asked.items():
            most = getattr(self, name)
            if most and value > most:
                raise ConfigError(
                    f"On this server a run has at most {most:,} {name}. Received: {value:,}"
                )

    def in_words(self) -> str:
        """Return the limits as a sentence, or "" if there are none."""
        parts = []
        if self.epochs:
            parts.append(f"{self.epochs:,} epochs")
        if self.seconds:
            minutes = self.seconds / 60
            parts.append(f"{minutes:g} minute{'s' * (minutes != 1)} of training")
        if self.parameters:
            parts.append(f"{self.parameters:,} parameters")
        return f"On this server a run has at most {', '.join(parts)}." if parts else ""


@dataclass(frozen=True)
class StorageLimits:
    """What runs may take of the disk; 0 is no limit.

    free_megabytes: what new runs leave of it. runs_megabytes: all runs together. keep_days: how
    long a run is kept after it last trained, whatever room is needed; 0 is for ever.
    """

    free_megabytes: float = 0.0
    runs_megabytes: float = 0.0
    keep_days: float = 0.0

    def in_words(self) -> str:
        """Return until when runs are kept as a sentence, or "" if that is for ever."""
        if not self.keep_days:
            return ""
        days = f"{self.keep_days:g} day{'s' * (self.keep_days != 1)}"
        return f"A run is kept for {days} after it last trained, then until its room is needed."


def is_public() -> bool:
    """Whether strangers share this server, so that each sees the own runs alone.

    `VAE_PUBLIC` says so (1 or 0); without it, Community Cloud is known by its mount point.
    """
    setting = os.environ.get("VAE_PUBLIC")
    if setting is not None:
        return setting not in ("", "0")
    return str(Path(__file__).resolve()).startswith(COMMUNITY_CLOUD)


def limits() -> Limits:
    """Return what a run may use: `VAE_MOST_EPOCHS`, `VAE_MOST_SECONDS`, `VAE_MOST_PARAMETERS`.

    Strangers who share a server have limits without being told; one's own machine has none.
    """
    usual = Limits(100, 1200.0, 2_000_000) if is_public() else Limits()
    return Limits(
        int(_number("VAE_MOST_EPOCHS", usual.epochs)),
        _number("VAE_MOST_SECONDS", usual.seconds),
        int(_number("VAE_MOST_PARAMETERS", usual.parameters)),
    )


def grace_seconds() -> float:
    """Return how long a run goes on whose visitor left: `VAE_GRACE_SECONDS`; 0 is for ever.

    On one's own machine that is the default, so that a closed laptop loses nothing.
    """
    return _number("VAE_GRACE_SECONDS", 300.0 if is_public() else 0.0)


def storage_limits() -> StorageLimits:
    """Return what runs may take of the disk.

    `VAE_FREE_MEGABYTES`, `VAE_RUNS_MEGABYTES`, `VAE_KEEP_DAYS`; on one's own machine a run is kept
    for ever, whatever the last one says.
    """
    usual = StorageLimits(500, 2000, 7) if is_public() else StorageLimits(100)
    return StorageLimits(
        _number("VAE_FREE_MEGABYTES", usual.free_megabytes),
        _number("VAE_RUNS_MEGABYTES", usual.runs_megabytes),
        _number("VAE_KEEP_DAYS", usual.keep_days) if is_public() else 0.0,
    )


def worker_count() -> int:
    """Return how many runs may train at once: `VAE_WORKERS`, else what memory and cores allow.

    More than one a core would only make all of them, and the pages, slower.
    """
    wanted = int(_number("VAE_WORKERS", 0))
    if wanted > 0:
        return wanted
    rest = memory_megabytes() - SERVER_MEGABYTES - WORKER_MEGABYTES
    return max(1, min(1 + int(rest // FURTHER_WORKER_MEGABYTES), joblib.cpu_count()))


def memory_megabytes() -> float:
    """Return the memory that this process may have: the container's limit, else the machine's."""
    found = [psutil.virtual_memory().total]
    for name in CGROUP_LIMITS:
        try:
            found.append(int((CGROUP / name).read_text()))
        except (OSError, ValueError):  # not there, or "max"
            continue
    return min(found) / 2**20


def _number(name: str, default: float) -> float:
    """Read a setting; one that is no number from 0 counts as not given."""
    try:
        value = float(os.environ[name])
    except (KeyError, ValueError):
        return default
    return value if 0.0 <= value < math.inf else default
