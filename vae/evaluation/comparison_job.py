"""Comparing with a classifier as a job of the worker; `classifier_comparison` is what it does."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from vae.evaluation.classifier_choice import check_classifier, check_comparable
from vae.evaluation.classifier_comparison import IMAGES, SAMPLES, compare_classifiers
from vae.evaluation.generative_classifier import ELBO_SAMPLES
from vae.evaluation.likelihood import decode_seconds
from vae.figures_schema import ComparisonRequest
from vae.files import write_json, writing_to
from vae.runs.layout import CLASSIFICATION, CLASSIFICATION_REQUEST
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter
from vae.schema import read

if TYPE_CHECKING:
    from vae.data.datasets import Dataset

__all__ = [
    "comparison_seconds",
    "compute_comparison",
    "request_comparison",
    "requested_comparison",
    "withdraw_comparison",
]

USUAL_FOREIGN = 5  # kinds of pictures: noise, rectangles, the other data sets


class _Withdrawn(Exception):
    """The request for the comparison is gone."""


def request_comparison(run: Run, classifier: Run | None) -> None:
    """Write down what the worker is to compare with: the queue's action "classification".

    Raises ConfigError and RunError as `compare_classifiers`, RunError also if the run's folder
    cannot be written to.
    """
    check_comparable(run)
    if classifier is not None:
        check_classifier(run, classifier)
    with writing_to(run.path, "A run's folder must be one that can be written to"):
        write_json(
            run.path / CLASSIFICATION_REQUEST, {"classifier": classifier.id if classifier else ""}
        )


def withdraw_comparison(run: Run) -> None:
    """Remove the request; a worker that compares ends within moments."""
    (run.path / CLASSIFICATION_REQUEST).unlink(missing_ok=True)


def requested_comparison(run: Run) -> ComparisonRequest | None:
    """Return what is requested, None if nothing is; raises RunError if that cannot be read."""
    try:
        return read(run.path / CLASSIFICATION_REQUEST, ComparisonRequest)
    except FileNotFoundError:
        return None


def comparison_seconds(run: Run) -> float:
    """Return a guess of the seconds that it takes."""
    total = len(run.latents.get("mean", ()))
    foreign = USUAL_FOREIGN * IMAGES
    codes = (total + foreign) * ELBO_SAMPLES + min(IMAGES, total) * SAMPLES
    return codes * run.classes * decode_seconds(run)


def compute_comparison(
    run: Run, dataset: Dataset, on_progress: Callable[[float], None] = lambda fraction: None
) -> None:
    """Compare with the requested classifier and write the figures to the run.

    Nothing is written where the request is withdrawn. Raises RunError for a classifier that is
    gone, and as `compare_classifiers`.
    """
    request = requested_comparison(run)
    if request is None:
        return
    other = request["classifier"]
    classifier = RunStore(run.path.parent).open(other) if other else None

    def check_request(fraction: float) -> None:
        if not (run.path / CLASSIFICATION_REQUEST).exists():
            raise _Withdrawn
        on_progress(fraction)

    with contextlib.suppress(_Withdrawn):
        found = compare_classifiers(run, dataset, classifier, on_progress=check_request)
        RunWriter(run.path).figures(CLASSIFICATION, found)
    withdraw_comparison(run)
