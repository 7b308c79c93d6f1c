"""A few pictures, of the data and foreign ones, as a conditional VAE and a classifier see them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import NamedTuple

import numpy as np

from vae.data.datasets import find_dataset, load_dataset
from vae.data.specs import DATASETS
from vae.evaluation.bayes_rule import class_posterior, class_priors, log_evidence
from vae.evaluation.class_bounds import class_bounds
from vae.evaluation.foreign_images import (
    fitted,
    noise_images,
    other_datasets,
    rectangles,
    stored_images,
)
from vae.evaluation.likelihood_ratio import baseline_log_likelihood
from vae.runs.run import Run

__all__ = ["Example", "Judged", "example_pictures", "judge"]

OF_EACH = 2  # pictures of another data set
STORED = 10  # of a run's own test images


class Example(NamedTuple):
    """A picture uint8 (H, W, C), and what it is; label: of a test image of the run's data."""

    name: str
    image: np.ndarray
    label: int | None = None


class Judged(NamedTuple):
    """What is said of a picture.

    bayes: p(y | x) by Bayes' rule (classes,). log_likelihood: log p(x), by importance sampling,
    and ratio: log p(x) / p0(x), in nats. classifier: its p(y | x) (classes,), None without one.
    """

    bayes: np.ndarray
    log_likelihood: float
    ratio: float
    classifier: np.ndarray | None


def example_pictures(run: Run) -> list[Example]:
    """Return the stored test images of a run, a class each, and foreign pictures.

    Of other data sets they are those that come with shipped runs, or else, where the data set is on
    this machine, the first of its test images. Raises RunError for a damaged file of the run.
    """
    shape = run.image_shape
    found: list[Example] = []
    images = run.fixed.get("images", np.zeros((0, *shape), np.uint8))[:STORED]
    labels = np.unique(run.latents["y"])  # snapshots have the first image of each class
    for image, label in zip(images, labels.tolist(), strict=False):
        found.append(Example(f"Test image of {run.short_class_names[label]}", image, label))
    for name in other_datasets(run):
        others = stored_images(name, shape)
        if not len(others) and find_dataset(name) is not None:
            others = fitted(load_dataset(name, download=False).x_test[:OF_EACH], shape)
        found += [Example(DATASETS[name].title, image) for image in others[:OF_EACH]]
    return [
        *found,
        Example("Noise", noise_images(shape, 1)[0]),
        Example("Rectangle", rectangles(shape, 1)[0]),
        Example("Black", np.zeros(shape, np.uint8)),
    ]


def judge(run: Run, classifier: Run | None, images: np.ndarray) -> list[Judged]:
    """Ask both models about images uint8 (N, H, W, C), each in its own treatment.

    The classes are as frequent as among the run's test images. Raises RunError for images of
    another shape, and where the model gives no usable numbers.
    """
    inputs = run.preprocess(images)
    found = class_bounds(run, inputs)
    priors = class_priors(run.latents["y"], run.classes)
    posterior, evidence = class_posterior(found, priors), log_evidence(found, priors)
    ratio = evidence - baseline_log_likelihood(run, inputs)
    answers: Iterable[np.ndarray | None] = repeat(None)
    if classifier is not None:
        answers = classifier.classify(classifier.preprocess(images))
    columns = zip(posterior, evidence.tolist(), ratio.tolist(), answers, strict=False)
    return [Judged(*each) for each in columns]
