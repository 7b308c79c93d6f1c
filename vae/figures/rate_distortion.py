"""Runs between rate and distortion: what an image's code costs, and what the image still costs.

Rate is the KL of the test images and distortion their reconstruction, both in nats per image; their
sum is the negative ELBO (Alemi et al. 2018, "Fixing a broken ELBO"). A run that no other one beats
in both is on the Pareto front. The front that Alemi et al. draw is that of all models of a family,
which is convex; that of the runs that there are need not be, so it is drawn as steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vae.data.binarisation import binarisation_name
from vae.evaluation.comparison import binarisation_of
from vae.figures.publication import INCHES, new_axes
from vae.runs.run import Run
from vae.runs.run_images import dataset_title, known_dataset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Comparable",
    "RatedRun",
    "comparable_runs",
    "pareto_front",
    "rate_distortion_figure",
    "rated",
    "steps_of",
]

LEVELS = 7  # lines of equal ELBO, at most


@dataclass(frozen=True)
class RatedRun:
    """A run and what its test images cost it, in nats per image."""

    run: Run
    rate: float
    distortion: float


@dataclass(frozen=True)
class Comparable:
    """Runs whose nats compare: the same images in the same treatment, counted alike."""

    title: str
    runs: tuple[RatedRun, ...]


def rated(run: Run) -> RatedRun | None:
    """Return a run with its rate and distortion; None if it has no posterior or was not measured.

    Runs of an older version hold the same two numbers as KL and reconstruction.
    """
    metrics = run.metrics
    if not run.config.has("posterior") or not metrics:
        return None
    rate = metrics.get("rate", metrics["kl"])
    distortion = metrics.get("distortion", metrics["reconstruction"])
    finite = math.isfinite(rate) and math.isfinite(distortion)
    return RatedRun(run, rate, distortion) if finite else None


def comparable_runs(runs: Iterable[Run]) -> list[Comparable]:
    """Return the runs that were measured, in groups that compare, the largest group first."""
    groups: dict[tuple[Any, ...], list[RatedRun]] = {}
    for run in runs:
        if (found := rated(run)) is not None:
            config = run.config
            images = run.fingerprint or (known_dataset(run), run.dataset, run.image_shape)
            key = (images, binarisation_of(run), config.likelihood, config.conditional)
            groups.setdefault(key, []).append(found)
    ordered = sorted(groups.values(), key=len, reverse=True)
    return [Comparable(_title(members[0].run), tuple(members)) for members in ordered]


def pareto_front(rates: Sequence[float], distortions: Sequence[float]) -> list[int]:
    """Return which points no other one beats: none has less of one and no more of the other.

    In the order of their rates. Of points that are the same the first one is returned.
    """
    order = sorted(range(len(rates)), key=lambda i: (rates[i], distortions[i], i))
    front: list[int] = []
    for index in order:
        if not front or distortions[index] < distortions[front[-1]]:
            front.append(index)
    return front


def steps_of(rates: Sequence[float], distortions: Sequence[float]) -> list[tuple[float, float]]:
    """Return the corners of the front: to its right and above it every point is beaten."""
    front = pareto_front(rates, distortions)
    corners: list[tuple[float, float]] = []
    for before, index in zip([None, *front], front, strict=False):
        if before is not None:
            corners.append((rates[index], distortions[before]))
        corners.append((rates[index], distortions[index]))
    return corners


def rate_distortion_figure(
    runs: Sequence[RatedRun], colors: Sequence[str], legend: dict[str, str], title: str
) -> Figure:
    """Plot a dot for each run, the Pareto front as steps, and lines of equal ELBO.

    colors: of each run; legend: the color of each value of a setting, {} for none; title: of it.
    """
    from matplotlib.ticker import MaxNLocator

    rates, distortions = [each.rate for each in runs], [each.distortion for each in runs]
    figure, axes = new_axes(INCHES, 0.75 * INCHES)
    axes.scatter(rates, distortions, c=list(colors), s=28, zorder=3)
    axes.plot(*zip(*steps_of(rates, distortions), strict=True), color="0.35", lw=1.2, zorder=2)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for level in MaxNLocator(LEVELS, steps=[1, 2, 5, 10]).tick_values(left + bottom, right + top):
        x = np.clip([left, right], level - top, level - bottom)
        if left <= x[0] < x[1] <= right:
            axes.plot(x, level - x, color="0.8", lw=0.7, zorder=1)
            axes.annotate(f"{-level:g}", (x[0], level - x[0]), color="0.45", fontsize=7)
    axes.set(xlim=(left, right), ylim=(bottom, top))
    axes.set(xlabel="rate (KL), nats per image", ylabel="distortion (reconstruction), nats")
    for name, color in legend.items():
        axes.scatter([], [], c=color, s=28, label=name)
    if legend:
        axes.legend(title=title, frameon=False, fontsize=8)
    return figure


def _title(run: Run) -> str:
    words = [dataset_title(run), binarisation_name(binarisation_of(run))]
    if run.config.is_density:
        words.append(f"{run.config.likelihood.replace('_', ' ')} density")
    if run.config.conditional:
        words.append("given the class")
    return ", ".join(words)
