"""Runs that differ by their seed alone are repetitions of one experiment: they are one group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vae.presets import setting_words
from vae.runs.differences import run_labels
from vae.runs.run import Run

__all__ = ["RunGroup", "seed_groups"]


@dataclass(frozen=True)
class RunGroup:
    """Runs that differ by their seed alone, and what to call them beside the other groups."""

    label: str
    runs: tuple[Run, ...]


def seed_groups(runs: Sequence[Run]) -> list[RunGroup]:
    """Return the groups of runs that differ by their seed alone, in the order of their first runs.

    Two runs of the same seed are no repetition: the second one is in another group.
    """
    groups: dict[tuple[Any, ...], list[Run]] = {}
    for run in runs:
        key = _without_seed(run)
        while any(run.config.seed == other.config.seed for other in groups.get(key, ())):
            key = (*key, "again")
        groups.setdefault(key, []).append(run)
    several = [len(members) > 1 for members in groups.values()]
    firsts = [members[0] for members in groups.values()]
    seeds = [
        "" if repeated else setting_words("seed", run.config.seed)
        for repeated, run in zip(several, firsts, strict=True)
    ]
    return [
        RunGroup(f"{label}, {len(members)} seeds" if len(members) > 1 else label, tuple(members))
        for label, members in zip(run_labels(firsts, seeds), groups.values(), strict=True)
    ]


def _without_seed(run: Run) -> tuple[Any, ...]:
    """Return all that decides what a run learns but its seed; settings changed meanwhile too."""
    images = run.fingerprint or (run.dataset, run.image_shape)
    configs = (run.config, run.settings)
    return images, *(each.replace(seed=0, preset="custom") for each in configs), run.epochs
