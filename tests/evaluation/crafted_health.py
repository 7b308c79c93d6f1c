"""What tests of a run's health share."""

from __future__ import annotations

from vae.evaluation.diagnostics import problems
from vae.runs.run import Run

__all__ = ["GREY", "names"]

GREY = 64 * 0.693147  # nats of an all-grey 8 x 8 image


def names(run: Run) -> list[str]:
    """Return what is wrong with a run, each by its name."""
    return [problem.name for problem in problems(run)]
