"""The figures of several runs in one table, with the best of each where they compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from vae.evaluation.comparability import Scope, compares
from vae.evaluation.comparison import binarisation_of
from vae.kinds import Part
from vae.runs.run import Run
from vae.runs.seed_groups import RunGroup

__all__ = ["METRICS", "Metric", "MetricRow", "Value", "metric_rows"]


@dataclass(frozen=True)
class Metric:
    """A figure of a finished run.

    better: which direction is; "" where neither is. needs: the part of a model without which there
    is no such figure. form: of a number. read: returns it, or None where it was not measured.
    scope: what must be the same for it to compare. term: of the glossary.
    """

    title: str
    unit: str
    better: Literal["higher", "lower", ""]
    needs: Part | None
    form: str
    read: Callable[[Run], float | None]
    scope: Scope
    term: str = ""


def _metric(name: str) -> Callable[[Run], float | None]:
    return lambda run: dict[str, Any](run.metrics).get(name)


def _quality(name: str) -> Callable[[Run], float | None]:
    return lambda run: dict[str, Any](run.quality).get(name)


def _nll(run: Run) -> float | None:
    """Return the likelihood of the test images in the treatment that they were measured in."""
    found = run.likelihood.get(binarisation_of(run))
    return None if found is None else found["nll"]


NATS = "nats per image"
METRICS: dict[str, Metric] = {
    "elbo": Metric("ELBO", NATS, "higher", "posterior", ".2f", _metric("elbo"), "nats", "ELBO"),
    "reconstruction": Metric(
        "Reconstruction", NATS, "lower", "likelihood", ".2f",
        _metric("reconstruction"), "nats", "reconstruction",
    ),
    "kl": Metric("KL", NATS, "", "posterior", ".2f", _metric("kl"), "nats", "KL"),
    "nll": Metric("−log p(x)", NATS, "lower", "posterior", ".2f", _nll, "nats", "log-likelihood"),
    "bits": Metric(
        "Bits per dimension", "", "lower", "posterior", ".4f",
        _metric("bits_per_dimension"), "nats", "bits per dimension",
    ),
    "active": Metric(
        "Active units", "", "", "encoder", ".0f", _metric("active_units"), "anything", "active unit"
    ),
    "frechet": Metric(
        "Fréchet distance", "", "lower", "decoder", ".1f",
        _quality("frechet_classifier_distance"), "pixels", "Fréchet distance",
    ),
    "precision": Metric(
        "Precision", "", "higher", "decoder", ".1%", _quality("precision"), "pixels", "precision"
    ),
    "recall": Metric(
        "Recall", "", "higher", "decoder", ".1%", _quality("recall"), "pixels", "recall"
    ),
    "accuracy": Metric(
        "Accuracy", "", "higher", "classifier", ".2%", _metric("accuracy"), "pixels"
    ),
    "cross-entropy": Metric(
        "Cross-entropy", NATS, "lower", "classifier", ".4f", _metric("loss"), "pixels"
    ),
    "calibration": Metric(
        "Calibration error", "", "lower", "classifier", ".2%",
        _metric("calibration_error"), "pixels",
    ),
    "seconds": Metric(
        "Training", "seconds", "", None, ",.0f",  # of whatever machine it was
        lambda run: run.status.get("seconds_trained"), "anything",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """The mean over a group's runs that have the figure, their standard deviation, how many.

    spread: NaN of a single run. is_best: whether no other group has a better mean.
    """

    mean: float
    spread: float
    count: int
    is_best: bool = False


@dataclass(frozen=True)
class MetricRow:
    """A figure of each group, None where it has none; compares: whether one may be the best."""

    metric: Metric
    values: tuple[Value | None, ...]
    compares: bool


def metric_rows(groups: Sequence[RunGroup]) -> list[MetricRow]:
    """Return a row for each figure that one of these groups has.

    The best is marked where a direction is better, all that have the figure compare, and not all of
    them are as good.
    """
    rows = []
    for metric in METRICS.values():
        values = [_value(metric, group) for group in groups]
        measured = [
            run
            for group, value in zip(groups, values, strict=True)
            for run in group.runs
            if value is not None
        ]
        if measured:
            fair = compares(measured, metric.scope)
            rows.append(MetricRow(metric, _with_best(metric, values, fair), fair))
    return rows


def _value(metric: Metric, group: RunGroup) -> Value | None:
    found = [
        metric.read(run)
        for run in group.runs
        if metric.needs is None or run.config.has(metric.needs)
    ]
    numbers = np.array([each for each in found if each is not None and math.isfinite(each)], float)
    if not len(numbers):
        return None
    spread = float(numbers.std(ddof=1)) if len(numbers) > 1 else math.nan
    return Value(float(numbers.mean()), spread, len(numbers))


def _with_best(
    metric: Metric, values: Sequence[Value | None], fair: bool
) -> tuple[Value | None, ...]:
    shown = [None if each is None else format(each.mean, metric.form) for each in values]
    means = [each.mean for each in values if each is not None]
    if not fair or not metric.better or len({each for each in shown if each}) < 2:
        return tuple(values)
    best = format(max(means) if metric.better == "higher" else min(means), metric.form)
    return tuple(
        None if each is None else Value(each.mean, each.spread, each.count, is_best=text == best)
        for each, text in zip(values, shown, strict=True)
    )
