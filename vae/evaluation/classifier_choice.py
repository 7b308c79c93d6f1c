"""Which classifier a conditional VAE can be compared with: one of the same classes."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable

from vae.errors import ConfigError, RunError
from vae.evaluation.bayes_rule import check_classifies
from vae.files import read_regular
from vae.kinds import with_article
from vae.runs.layout import network_file
from vae.runs.run import Run

__all__ = ["check_classifier", "check_comparable", "classifier_mark", "classifiers_beside"]


def check_comparable(run: Run) -> None:
    """Raise ConfigError unless the run is a conditional VAE that tells two classes apart."""
    check_classifies(run.config, 1)
    if run.classes < 2:
        raise ConfigError(
            "To classify takes two classes or more: train on a data set that has them. "
            f"Received: a run of {run.classes} class"
        )


def check_classifier(run: Run, other: Run) -> None:
    """Raise RunError unless the other run is a classifier of the same classes and image shape."""
    if not other.config.has("classifier"):
        raise RunError(
            "To compare with takes a classifier: train one with kind=classifier. "
            f"Received: {other.id}, {with_article(other.config.noun).lower()}"
        )
    if other.class_names != run.class_names:
        raise RunError(
            f"To compare with takes a classifier of the same classes ({_listed(run)}): train one "
            f"on {run.dataset}. Received: {other.id}, of {_listed(other)}"
        )
    if other.image_shape != run.image_shape:
        raise RunError(
            f"To compare with takes a classifier of images of shape {run.image_shape}. Received: "
            f"{other.id}, of {other.image_shape}"
        )


def classifiers_beside(run: Run, runs: Iterable[Run]) -> list[Run]:
    """Return those of the runs that a conditional run can be compared with, in their order."""
    found = []
    for other in runs:
        with contextlib.suppress(RunError):
            check_classifier(run, other)
            found += [other] if other.has_model else []
    return found


def classifier_mark(classifier: Run) -> str:
    """Return what identifies a classifier: the beginning of its network's SHA-256."""
    content = read_regular(classifier.path / network_file("classifier"))
    return hashlib.sha256(content).hexdigest()[:12]


def _listed(run: Run) -> str:
    names = ", ".join(run.class_names)
    return names if len(names) <= 80 else f"{run.classes} others"
