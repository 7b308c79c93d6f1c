"""What a worker is to compare a conditional VAE with; `classifier_comparison` does it."""

from __future__ import annotations

from vae.errors import RunError
from vae.evaluation.bayes_rule import ELBO_SAMPLES
from vae.evaluation.classifier_choice import check_classifier, check_comparable
from vae.evaluation.likelihood import decode_seconds
from vae.files import write_json, writing_to
from vae.runs.layout import CLASSIFICATION_REQUEST
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.schemas.classification import ComparisonRequest
from vae.schemas.reading import read

__all__ = [
    "IMAGES",
    "SAMPLES",
    "classifier_of",
    "comparison_seconds",
    "request_comparison",
    "requested_comparison",
    "withdraw_comparison",
]

IMAGES = 1_000  # test images for importance sampling, and foreign ones of each kind
SAMPLES = 100  # importance samples of each of them and each class
USUAL_FOREIGN = 5  # kinds of pictures: noise, rectangles, the other data sets


def request_comparison(run: Run, classifier: Run | None) -> None:
    """Write down what the worker is to compare with: the queue's action "classification".

    classifier: a run that the worker finds by its id: one in the same folder of runs, or one that
    ships and has an id of its own there. Raises ConfigError and RunError as `compare_classifiers`,
    RunError also for a classifier elsewhere and if the run's folder cannot be written to.
    """
    check_comparable(run)
    if classifier is not None:
        check_classifier(run, classifier)
        _check_found(run, classifier)
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


def classifier_of(run: Run, run_id: str) -> Run:
    """Open the classifier that a request names; raises RunError if it is gone."""
    return RunStore(run.path.parent).open(run_id)


def _check_found(run: Run, classifier: Run) -> None:
    """Raise RunError unless the worker will find this very classifier by its id."""
    found = classifier_of(run, classifier.id).path
    if found.resolve() != classifier.path.resolve():
        raise RunError(
            f"The id {classifier.id} is that of another run, {found}: rename one of the folders. "
            f"Received: {classifier.path}"
        )


def comparison_seconds(run: Run) -> float:
    """Return a guess of the seconds that it takes."""
    total = len(run.latents.get("mean", ()))
    foreign = USUAL_FOREIGN * IMAGES
    codes = (total + foreign) * ELBO_SAMPLES + min(IMAGES, total) * SAMPLES
    return codes * run.classes * decode_seconds(run)
