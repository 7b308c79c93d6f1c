"""Bars over classes: how many images each has, what they cost, what a classifier takes them for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vae.errors import RunError
from vae.figures.bars import Bars, BarSeries
from vae.figures.colors import HUES, class_color
from vae.figures.publication import bar_axes, literal
from vae.runs.run import Run
from vae.runs.short_names import shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["class_cost_bars", "class_cost_figure", "class_counts", "digit_counts", "split_counts"]

COST_TITLES = ("class, the hardest first", "nats per image")


def class_counts(labels: np.ndarray, class_names: Sequence[str]) -> Bars:
    """Return how many images each class has; labels: (N,)."""
    counts = np.bincount(labels, minlength=len(class_names)).tolist()
    series = BarSeries("images", tuple(counts), HUES["z"])
    colors = tuple(class_color(label) for label in range(len(class_names)))
    return Bars("class", "images", tuple(shortened(class_names)), (series,), row_colors=colors)


def split_counts(train: np.ndarray, test: np.ndarray, class_names: Sequence[str]) -> Bars:
    """Return how many training and test images each class has; train, test: labels (N,)."""
    parts = (("training", train, HUES["z"]), ("test", test, HUES["loss"]))
    series = tuple(
        BarSeries(name, tuple(np.bincount(labels, minlength=len(class_names)).tolist()), color)
        for name, labels, color in parts
    )
    return Bars("class", "images", tuple(shortened(class_names)), series, is_stacked=True)


def class_cost_bars(nats: Mapping[str, float]) -> Bars:
    """Return what the images of each class cost to reconstruct, in nats per image."""
    names, costs = _hardest_first(nats)
    series = BarSeries("reconstruction", tuple(costs), HUES["reconstruction"])
    return Bars(*COST_TITLES, tuple(names), (series,), form=".1f")


def class_cost_figure(run: Run) -> Figure:
    """Plot the same for a paper, of test images.

    Raises RunError for a run of which that was not measured.
    """
    nats = run.metrics.get("reconstruction_per_class")
    if not nats:
        raise RunError(f"This run has no reconstruction by class. Received: {run.id}, {run.state}")
    names, costs = _hardest_first(nats)
    figure, axes = bar_axes(len(names))
    axes.bar([literal(name) for name in names], costs, color=HUES["reconstruction"])
    axes.set(xlabel=COST_TITLES[0], ylabel=COST_TITLES[1])
    return figure


def digit_counts(counts: Mapping[str, Sequence[int]]) -> Bars:
    """Return how many images of each of two sets the classifier takes for which digit."""
    series = tuple(
        BarSeries(name, tuple(values), HUES[hue])
        for (name, values), hue in zip(counts.items(), ("z", "loss"), strict=True)
    )
    digits = tuple(map(str, range(len(series[0].values))))
    return Bars("digit", "images", digits, series)


def _hardest_first(nats: Mapping[str, float]) -> tuple[list[str], list[float]]:
    """Return short names of the classes and their costs, the largest first."""
    named = zip(shortened(tuple(nats)), nats.values(), strict=True)
    ordered = sorted(named, key=lambda each: -each[1])
    return [name for name, _ in ordered], [cost for _, cost in ordered]
