"""A conditional VAE beside a classifier: who is right more often, and who knows nonsense.

Both say p(y | x), the one by Bayes' rule. What the classifier is sure of may be any picture at all;
the VAE also has a p(x). Each of their scores is tried as "does this look like the test images?": by
the area under the ROC curve, test images against foreign ones.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from vae.data.binarisation import binarisation_words
from vae.evaluation.bayes_rule import ELBO_SAMPLES, class_posterior, class_priors, log_evidence
from vae.evaluation.classification import roc_area, roc_interval
from vae.evaluation.classifier_choice import check_classifier, check_comparable, classifier_mark
from vae.evaluation.comparison_request import (
    IMAGES,
    SAMPLES,
    classifier_of,
    requested_comparison,
    withdraw_comparison,
)
from vae.evaluation.foreign_images import foreign_images
from vae.evaluation.generative_classifier import class_log_likelihoods, classified_by
from vae.evaluation.likelihood_ratio import baseline_log_likelihood
from vae.presets import preset_label
from vae.runs.layout import CLASSIFICATION, CLASSIFICATION_REQUEST
from vae.runs.run import Run
from vae.runs.writer import RunWriter
from vae.schemas.classification import (
    ClassifierComparison,
    ClassifierFigures,
    RocArea,
    Separation,
)
from vae.statistics import some_indices

if TYPE_CHECKING:
    from vae.data.datasets import Dataset

__all__ = [
    "compare_classifiers",
    "compute_comparison",
    "negative_entropy",
]

UNUSUAL = 0.05  # of the test images have a lower ratio than the usual one

Scores = dict[str, np.ndarray]


class _Withdrawn(Exception):
    """The request for the comparison is gone."""


def negative_entropy(probabilities: np.ndarray) -> np.ndarray:
    """Return the sum of p log p over the classes: (N,) nats, 0 for an answer that is certain."""
    p = np.asarray(probabilities, np.float64)
    return np.where(p > 0.0, p * np.log(np.maximum(p, 1e-300)), 0.0).sum(axis=1)


def compare_classifiers(
    run: Run,
    dataset: Dataset,
    classifier: Run | None = None,
    *,
    images: int = IMAGES,
    samples: int = SAMPLES,
    seed: int = 0,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> ClassifierComparison:
    """Classify test images by Bayes' rule and with a classifier, and tell them from foreign ones.

    By the ELBO on all test images, by importance sampling on `images` of them at random, which also
    stand against as many pictures of each foreign kind (see `foreign_images`): both by the
    importance-weighted bound of as few samples as the ELBO has. Each model gets all
    in the treatment that it was trained with. Raises ConfigError for a run that is no conditional
    VAE, RunError for a classifier of other classes and for images of another shape.
    """
    check_comparable(run)
    run.check_images(dataset)
    if classifier is not None:
        check_classifier(run, classifier)
    began = time.perf_counter()
    total, priors = len(dataset.x_test), class_priors(dataset.y_train, dataset.classes)
    chosen = some_indices(total, images, seed)
    foreign = foreign_images(run, images, seed)
    shown = np.concatenate(list(foreign.values()))
    costs = [total * ELBO_SAMPLES, len(chosen) * samples, len(shown) * ELBO_SAMPLES]
    model, x_test = run.load_model(), run.preprocess(dataset.x_test)
    y_test, some = dataset.y_test, dataset.y_test[chosen]
    progress = _parts_of(costs, on_progress)
    bounds = class_log_likelihoods(model, x_test, ELBO_SAMPLES, seed, next(progress))
    sampled = class_log_likelihoods(model, x_test[chosen], samples, seed, next(progress))
    found: ClassifierComparison = {
        "treatment": binarisation_words(run.config, run.config.binarisation),
        "seed": seed,
        "elbo": {
            **classified_by(class_posterior(bounds.elbo, priors), y_test),
            "images": total,
            "samples": ELBO_SAMPLES,
        },
        "importance": {
            **classified_by(class_posterior(sampled.log_likelihood, priors), some),
            "images": len(chosen),
            "samples": samples,
        },
        "test_images": len(chosen),
        "usual_ratio": 0.0,
        "foreign": [],
        "seconds": 0.0,
    }
    foreign_inputs = np.concatenate([run.preprocess(each) for each in foreign.values()])
    shown_bounds = class_log_likelihoods(model, foreign_inputs, ELBO_SAMPLES, seed, next(progress))
    own = _scores(run, x_test[chosen], bounds.log_likelihood[chosen], priors)
    others = _scores(run, foreign_inputs, shown_bounds.log_likelihood, priors)
    if classifier is not None:
        answers = _answers(classifier, dataset.x_test)
        found["classifier"] = _figures(classifier, answers, y_test, chosen)
        own |= _certainty(answers[chosen])
        others |= _certainty(_answers(classifier, shown))
    found["usual_ratio"] = float(np.quantile(own["ratio"], UNUSUAL))
    first = 0
    for name, pictures in foreign.items():
        part = slice(first, first := first + len(pictures))
        scores = {score: values[part] for score, values in others.items()}
        found["foreign"].append(_separation(name, own, scores))
    found["seconds"] = time.perf_counter() - began
    return found


def _parts_of(
    sizes: list[int], on_progress: Callable[[float], None]
) -> Iterator[Callable[[float], None]]:
    """Yield what reports the progress of one part of the work after the other."""
    done = 0
    for size in sizes:

        def on_part(fraction: float, size: int = size, done: int = done) -> None:
            on_progress((done + fraction * size) / sum(sizes))

        yield on_part
        done += size


def _answers(classifier: Run, images: np.ndarray) -> np.ndarray:
    return classifier.classify(classifier.preprocess(images))


def _scores(run: Run, images: np.ndarray, bounds: np.ndarray, priors: np.ndarray) -> Scores:
    """Return what is higher where an image (N, H, W, C) is taken for one of the data."""
    evidence = log_evidence(bounds, priors)
    return {
        "likelihood": evidence,
        "ratio": evidence - baseline_log_likelihood(run, images),
        "bayes": class_posterior(bounds, priors).max(axis=1),
    }


def _certainty(probabilities: np.ndarray) -> Scores:
    """Return the same of a classifier's answers: Hendrycks & Gimpel 2017, and minus the entropy."""
    return {
        "probability": probabilities.max(axis=1),
        "entropy": negative_entropy(probabilities),
    }


def _separation(name: str, own: Scores, foreign: Scores) -> Separation:
    areas: dict[str, RocArea] = {}
    for score, values in own.items():
        area = roc_area(values, foreign[score])
        low, high = roc_interval(area, len(values), len(foreign[score]))
        areas[score] = {"area": area, "low": low, "high": high}
    found: Separation = {
        "name": name,
        "images": len(foreign["ratio"]),
        "likelihood": areas["likelihood"],
        "ratio": areas["ratio"],
        "bayes": areas["bayes"],
    }
    if "probability" in areas:
        found["probability"], found["entropy"] = areas["probability"], areas["entropy"]
    return found


def _figures(
    classifier: Run, answers: np.ndarray, labels: np.ndarray, chosen: np.ndarray
) -> ClassifierFigures:
    return {
        "name": preset_label(classifier.config),
        "mark": classifier_mark(classifier),
        "all": classified_by(answers, labels),
        "same": classified_by(answers[chosen], labels[chosen]),
    }


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
    classifier = classifier_of(run, other) if other else None

    def check_request(fraction: float) -> None:
        if not (run.path / CLASSIFICATION_REQUEST).exists():
            raise _Withdrawn
        on_progress(fraction)

    with contextlib.suppress(_Withdrawn):
        found = compare_classifiers(run, dataset, classifier, on_progress=check_request)
        RunWriter(run.path).figures(CLASSIFICATION, found)
    withdraw_comparison(run)
