"""What the files of classification by Bayes' rule hold: on test images, and beside a classifier."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from vae.schemas.reading import AnyText, Count, Fraction, Number, Positive, Seconds

__all__ = [
    "Classification",
    "ClassifiedBy",
    "ClassifiedImages",
    "ClassifierComparison",
    "ClassifierFigures",
    "ComparisonRequest",
    "RocArea",
    "Separation",
]


class ClassifiedBy(TypedDict):
    """Of predicted classes: accuracy, its 95 % interval, the expected calibration error."""

    accuracy: Fraction
    accuracy_low: Fraction
    accuracy_high: Fraction
    calibration_error: Fraction


class Classification(TypedDict):
    """Test images classified by Bayes' rule (see `evaluation.generative_classifier`).

    nll: -log p(x) in nats per image, the classes summed over. recall: by the class's name, None of
    one without images. confusion: images by their class (rows) and the one that importance sampling
    found.
    """

    dataset: AnyText
    images: AnyText
    treatment: AnyText
    importance_samples: Positive
    seed: Count
    importance: ClassifiedBy
    elbo: ClassifiedBy
    nll: Number
    nll_standard_error: Number
    recall: dict[str, Fraction | None]
    confusion: list[list[Count]]
    seconds: Seconds


class ClassifiedImages(ClassifiedBy):
    """The same, of how many images it is and how many samples there were of each and each class."""

    images: Positive
    samples: Positive


class ClassifierFigures(TypedDict):
    """A classifier on the test images: on all, and on those of the importance sampling."""

    name: AnyText
    mark: Annotated[str, Meta(pattern=r"\A[0-9a-f]{12}\Z")]  # of its network's file
    all: ClassifiedBy
    same: ClassifiedBy


class RocArea(TypedDict):
    """The area under a ROC curve, with its 95 % interval."""

    area: Fraction
    low: Fraction
    high: Fraction


class Separation(TypedDict):
    """How well test images are told apart from foreign ones, by scores that should be higher.

    likelihood: log p(x). ratio: log p(x) / p0(x). bayes: the highest p(y | x) by Bayes' rule.
    probability, entropy: the highest of a classifier's probabilities, and minus their entropy.
    """

    name: AnyText
    images: Positive
    likelihood: RocArea
    ratio: RocArea
    bayes: RocArea
    probability: NotRequired[RocArea]
    entropy: NotRequired[RocArea]


class ClassifierComparison(TypedDict):
    """classification.json: a conditional VAE by Bayes' rule, beside a classifier if there was one.

    usual_ratio: in nats; that of 95 % of the test images is higher. test_images: so many of them
    stand against the foreign ones.
    """

    treatment: AnyText
    seed: Count
    elbo: ClassifiedImages
    importance: ClassifiedImages
    classifier: NotRequired[ClassifierFigures]
    test_images: Positive
    usual_ratio: Number
    foreign: Annotated[list[Separation], Meta(max_length=32)]
    seconds: Seconds


class ComparisonRequest(TypedDict):
    """classification-asked.json: the id of the run that the worker compares with, "" for none."""

    classifier: Annotated[str, Meta(max_length=255)]
