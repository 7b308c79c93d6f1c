"""The rows of a history: how they are put together, and means over several of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict, cast

import numpy as np

from vae.runs.schema import LearnedRow, Row

__all__ = [
    "ROWS_PER_EPOCH",
    "AccuracyMeans",
    "AdversarialMeans",
    "AnyMeans",
    "LossMeans",
    "Means",
    "Parts",
    "in_nats",
    "last_step_row",
    "mean_row",
    "row_ends",
    "row_parts",
    "step_parts",
]


class Means(TypedDict):
    """Means over steps or images, in nats per image."""

    reconstruction: float
    kl_per_dimension: list[float]
    gradient_norm: NotRequired[float]


class LossMeans(Means):
    """The same with the loss that was minimised."""

    loss: float


class Parts(TypedDict):
    """The loss of a row and what it consists of, in nats per image."""

    loss: float
    reconstruction: float
    kl: float
    kl_per_dimension: list[float]


class AccuracyParts(TypedDict):
    """The same of a classifier: the cross-entropy, and the fraction of right answers."""

    loss: float
    accuracy: float


class AccuracyMeans(AccuracyParts):
    """Means of these over steps or images."""

    gradient_norm: NotRequired[float]


class AdversarialParts(TypedDict):
    """The same of a GAN: the losses of both networks, and what D makes of real images and fakes."""

    loss: float
    discriminator_loss: float
    d_real: float
    d_fake: float


class AdversarialMeans(AdversarialParts):
    """Means of these over steps or images."""

    gradient_norm: NotRequired[float]
    discriminator_gradient_norm: NotRequired[float]


AnyMeans = Means | AccuracyMeans | AdversarialMeans
AnyParts = Parts | AccuracyParts | AdversarialParts

# What rows hold as it is measured, those of the models alone whose loss has no KL.
MEASURED = ("loss", "accuracy", "discriminator_loss", "d_real", "d_fake")
NORMS = ("gradient_norm", "discriminator_gradient_norm")
ROWS_PER_EPOCH = 10  # points on the live curves; fewer where an epoch has fewer steps


def row_ends(steps: int, after: int = 0) -> list[int]:
    """Return the steps of an epoch, at even distances, after which a row is written.

    steps: of the epoch. after: only later ones, where a run resumes in its middle.
    """
    ends = np.linspace(0, steps, min(ROWS_PER_EPOCH, steps) + 1, dtype=int)
    return [end for end in np.unique(ends).tolist() if end > after]


def in_nats(means: Means, beta: float) -> Parts:
    """Order a row: loss = reconstruction + beta * kl holds in it exactly."""
    reconstruction, kl = means["reconstruction"], sum(means["kl_per_dimension"])
    return {
        "loss": reconstruction + beta * kl,
        "reconstruction": reconstruction,
        "kl": kl,
        "kl_per_dimension": means["kl_per_dimension"],
    }


def row_parts(means: AnyMeans, beta: float) -> AnyParts:
    """Return what a row holds of means, in its order."""
    if "kl_per_dimension" in means:
        return in_nats(means, beta)
    values: dict[str, Any] = {**means}
    found = {name: values[name] for name in MEASURED if name in values}
    return cast("AnyParts", found)


def mean_row(parts: Sequence[tuple[int, LearnedRow]]) -> AnyMeans:
    """Return the means over rows, each weighed with the number of its steps."""
    rows: list[Any] = [row for _, row in parts]
    names = ["reconstruction", "kl_per_dimension"]
    if "kl_per_dimension" not in rows[0]:
        names = [name for name in MEASURED if name in rows[0]]
    weights = [steps for steps, _ in parts]
    means: dict[str, Any] = {
        name: np.average([row[name] for row in rows], axis=0, weights=weights).tolist()
        for name in names
    }
    for name in NORMS:
        if norms := [row[name] for row in rows if name in row]:
            means[name] = float(np.mean(norms))
    return cast("AnyMeans", means)


def last_step_row(rows: Sequence[Row], epoch: int) -> int:
    """Return the step up to which an epoch, the last one of these rows, has rows."""
    for row in reversed(rows):
        if row["epoch"] < epoch:
            break
        if row["kind"] == "step":
            return row["step"]
    return 0


def step_parts(rows: Sequence[Row], epoch: int) -> list[tuple[int, LearnedRow]]:
    """Return an epoch's step rows, each with the number of steps that it is the mean of."""
    found = [row for row in rows if row["kind"] == "step" and row["epoch"] == epoch]
    ends = [0, *(row["step"] for row in found)]
    return [(row["step"] - end, row) for end, row in zip(ends, found, strict=False)]
