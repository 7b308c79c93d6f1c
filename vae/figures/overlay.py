"""Curves of several runs over one axis: smoothed, folded over seeds, without outliers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np

from vae.figures.curves import curve_points
from vae.figures.smoothing import smoothed
from vae.figures.thinning import thinned
from vae.kinds import KINDS, Curve
from vae.runs.run import Run
from vae.runs.seed_groups import RunGroup

__all__ = [
    "AXES",
    "PARTS",
    "Axis",
    "GroupCurve",
    "OverlayChoice",
    "Panel",
    "Part",
    "fold",
    "has_part",
    "overlay_panels",
]

Axis = Literal["epochs", "steps", "seconds"]
Part = Literal["training", "validation"]
AXES: tuple[Axis, ...] = get_args(Axis)
PARTS: tuple[Part, ...] = get_args(Part)
COST = "cost"  # the quantity by which runs of any beta compare
COST_CURVE = Curve("Reconstruction + KL")
MAX_POINTS = 400  # of a curve
USUAL = (2.0, 98.0)  # percent of all values between which a range without outliers lies
ROOM = 0.04  # of a range, above and below what it shows


class OverlayChoice(NamedTuple):
    """What is shown of the curves. smoothing: see `smoothed`. all_values: outliers too."""

    axis: Axis = "epochs"
    part: Part = "validation"
    is_log: bool = False
    smoothing: float = 0.0
    all_values: bool = True


@dataclass(frozen=True)
class GroupCurve:
    """The mean over a group's runs at x (N,), and their standard deviation; None of one run."""

    group: int
    x: np.ndarray
    mean: np.ndarray
    spread: np.ndarray | None = None


@dataclass(frozen=True)
class Panel:
    """One quantity: a curve for each group that has it, and the range of values that is shown."""

    quantity: str
    title: str
    unit: str
    curves: tuple[GroupCurve, ...]
    low: float
    high: float


def overlay_panels(groups: Sequence[RunGroup], choice: OverlayChoice) -> list[Panel]:
    """Return a panel for each quantity that one of the groups has points of.

    Each run is smoothed by itself, then the runs of a group are folded. On a logarithmic scale
    values that are not positive are left out. Where some runs weigh the KL otherwise than others,
    reconstruction + KL is a panel too, since their losses do not compare.
    """
    panels = []
    for quantity, curve in _quantities(groups).items():
        curves = []
        for index, group in enumerate(groups):
            lines = [_line(run, quantity, choice) for run in group.runs]
            folded = fold(index, [line for line in lines if line is not None and len(line[0])])
            if folded is not None:
                curves.append(folded)
        if curves:
            ends = _range(curves, choice)
            panels.append(Panel(quantity, curve.title, curve.unit, tuple(curves), *ends))
    return panels


def has_part(groups: Iterable[RunGroup], part: Part) -> bool:
    """Whether every run that has points has some of this part."""
    prefix = "val_" if part == "validation" else ""
    histories = [run.history for group in groups for run in group.runs if run.history]
    return bool(histories) and all(f"{prefix}loss" in rows[-1] for rows in histories)


def fold(group: int, lines: Sequence[tuple[np.ndarray, np.ndarray]]) -> GroupCurve | None:
    """Return the mean and the standard deviation (ddof 1) of lines x (N,), y (N,).

    They are interpolated at the x of all of them that every one of them reaches: where one run has
    ended the mean of the others would be that of another set of runs. None where they share no x.
    """
    if not lines:
        return None
    if len(lines) == 1:
        ((x, y),) = lines
        chosen = thinned([y.tolist()], MAX_POINTS)
        return GroupCurve(group, x[chosen], y[chosen])
    low, high = max(x[0] for x, _ in lines), min(x[-1] for x, _ in lines)
    shared = np.unique(np.concatenate([x for x, _ in lines]))
    shared = shared[(shared >= low) & (shared <= high)]
    if not len(shared):
        return None
    values = np.array([np.interp(shared, x, y) for x, y in lines])  # (runs, N)
    chosen = thinned(values.tolist(), MAX_POINTS)
    mean, spread = values.mean(axis=0), values.std(axis=0, ddof=1)
    return GroupCurve(group, shared[chosen], mean[chosen], spread[chosen])


def _quantities(groups: Sequence[RunGroup]) -> dict[str, Curve]:
    """Return the curves of all kinds by their names, those of a VAE first."""
    configs = [run.config for group in groups for run in group.runs]
    kinds = {config.kind: KINDS[config.kind] for config in configs}
    found: dict[str, Curve] = {}
    for kind in sorted(kinds.values(), key=lambda kind: not kind.has("posterior")):
        for name, curve in kind.curves.items():
            found.setdefault(name, curve)
    if len({config.beta for config in configs if config.has("posterior")}) > 1:
        found[COST] = COST_CURVE
    return found


def _line(run: Run, quantity: str, choice: OverlayChoice) -> tuple[np.ndarray, np.ndarray] | None:
    """Return x and y of a run's curve; None if it has no such quantity or no such axis."""
    curves = KINDS[run.config.kind].curves
    parts = ("reconstruction", "kl") if quantity == COST else (quantity,)
    if not set(parts) <= curves.keys():
        return None
    rows = run.rows
    if choice.part == "validation":
        rows = [row for row in rows if all(f"val_{part}" in row for part in parts)]
    points = curve_points(rows, run.steps_per_epoch, parts)[choice.part]
    scale = _per_epoch(run, choice.axis)
    if scale is None or not points["epoch"]:
        return None
    x = np.array(points["epoch"]) * scale
    y = smoothed(np.sum([points[part] for part in parts], axis=0), choice.smoothing)
    order = np.argsort(x, kind="stable")
    shown = order[y[order] > 0.0] if choice.is_log else order
    return x[shown], y[shown]


def _per_epoch(run: Run, axis: Axis) -> float | None:
    """Return how many of the axis an epoch has; seconds are those of its mean epoch.

    A history holds no seconds, so that the same seed writes the same one: status.json has their
    sum. None of a run whose sum is not known.
    """
    if axis == "epochs":
        return 1.0
    if axis == "steps":
        return float(run.steps_per_epoch)
    seconds, rows = (
        run.status.get("seconds_trained"),
        [r for r in run.rows if r["kind"] != "change"],
    )
    if not seconds or not rows:
        return None
    last = rows[-1]
    return seconds / (last["epoch"] - 1 + last["step"] / run.steps_per_epoch)


def _range(curves: Sequence[GroupCurve], choice: OverlayChoice) -> tuple[float, float]:
    """Return the ends of what is shown, bands included, with room around it."""
    spreads = [each.mean * 0.0 if each.spread is None else each.spread for each in curves]
    bands = [
        each.mean + side * spread
        for each, spread in zip(curves, spreads, strict=True)
        for side in (-1.0, 1.0)
    ]
    found = np.concatenate(bands)
    found = found[found > 0.0] if choice.is_log else found
    ends = (found.min(), found.max()) if choice.all_values else np.percentile(found, USUAL)
    low, high = (float(end) for end in ends)
    if choice.is_log:
        room = ROOM * math.log(high / low) or ROOM
        return low * math.exp(-room), high * math.exp(room)
    least = 1e-6 * max(1.0, abs(low), abs(high))  # closer up it would be rounding errors
    room = ROOM * (high - low) if high - low > least else 0.5
    return low - room, high + room
