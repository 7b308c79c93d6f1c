"""Which runs a sweep has: each combination of values with each seed, named by what it is."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vae.config import Config
from vae.errors import ConfigError, StudyError
from vae.presets import setting_words
from vae.sweeps.values import Grid, value_text

__all__ = ["MAX_RUNS", "Excluded", "Plan", "PlannedRun", "check_count", "plan_grid", "run_key"]

MAX_RUNS = 10_000
MAX_READABLE = 80  # characters of a folder's name


def run_key(settings: Mapping[str, Any], seed: int) -> str:
    """Return what tells one run of a sweep from the others, whatever else the sweep has."""
    return json.dumps([dict(sorted(settings.items())), seed])


@dataclass(frozen=True)
class PlannedRun:
    """One run of a sweep. settings: what differs from the sweep's configuration."""

    settings: dict[str, Any]
    seed: int
    config: Config

    @property
    def key(self) -> str:
        """See `run_key`."""
        return run_key(self.settings, self.seed)

    @property
    def label(self) -> str:
        """What a person calls it: "beta 0.5, 2 dimensions, seed 1"."""
        parts = [setting_words(name, value) for name, value in self.settings.items()]
        return ", ".join([*parts, f"seed {self.seed}"])

    @property
    def readable_name(self) -> str:
        """The name of its folder among a sweep's own: "beta-0.5_latent_dim-2_seed-1"."""
        parts = [f"{name}-{value_text(value)}" for name, value in self.settings.items()]
        name = "_".join([*parts, f"seed-{self.seed}"]).replace(",", "-")
        if len(name) <= MAX_READABLE:
            return name
        return f"{name[:MAX_READABLE]}-{hashlib.sha256(self.key.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Excluded:
    """A combination that cannot be trained, and why."""

    settings: dict[str, Any]
    reason: str


@dataclass(frozen=True)
class Plan:
    """All runs of a sweep, and the combinations that are left out."""

    runs: tuple[PlannedRun, ...]
    excluded: tuple[Excluded, ...] = ()


def check_count(runs: int) -> None:
    """Raise StudyError for more runs than a sweep may have: before any of them is made."""
    if runs > MAX_RUNS:
        raise StudyError(
            f"A sweep has at most {MAX_RUNS:,} runs: choose fewer values, trials or seeds. "
            f"Received: {runs:,}"
        )


def plan_grid(
    config: Config, grid: Grid, seeds: int, check: Callable[[Config], None] = lambda config: None
) -> Plan:
    """Return the runs of a grid: all combinations with the first seed, then with the next.

    seeds: how many, from that of the configuration on. check: raises ConfigError or DatasetError
    for what cannot be trained, as do settings that exclude each other: such a combination is left
    out, with the reason. Raises StudyError for more runs than a sweep may have.
    """
    if seeds < 1:
        raise StudyError(f"A sweep has one seed or more. Received: {seeds}")
    check_count(math.prod(len(values) for values in grid.values()) * seeds)
    configs: list[tuple[dict[str, Any], Config]] = []
    excluded: list[Excluded] = []
    for combination in itertools.product(*grid.values()):
        settings = dict(zip(grid, combination, strict=True))
        try:
            changed = config.replace(**settings)
            check(changed)
        except ConfigError as error:
            excluded.append(Excluded(settings, str(error)))
        else:
            configs.append((settings, changed))
    runs = [
        PlannedRun(settings, seed, changed.replace(seed=seed))
        for seed in range(config.seed, config.seed + seeds)
        for settings, changed in configs
    ]
    if not runs:
        raise StudyError(f"No combination can be trained. Received: {excluded[0].reason}")
    return Plan(tuple(runs), tuple(excluded))
