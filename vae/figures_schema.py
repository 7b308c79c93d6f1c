"""What the files of measured figures hold: metrics, likelihood, class probes, sample quality."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from vae.schema import Count, Distance, Number, Positive, Seconds, Share
from vae.settings import Binarisation

if TYPE_CHECKING:
    Text = str  # who measures writes any text; it is cut where a file is read
else:
    from vae.schema import Text

__all__ = [
    "ClassProbes",
    "Classification",
    "ClassifiedBy",
    "ClassifiedImages",
    "ClassifierComparison",
    "ClassifierFigures",
    "ClassifierMetrics",
    "ComparisonRequest",
    "Estimate",
    "Likelihood",
    "LikelihoodRequest",
    "Measured",
    "Metrics",
    "Probe",
    "Quality",
    "References",
    "RocArea",
    "SampleFigures",
    "Separation",
    "Space",
    "SpaceFigures",
]

DIGITS = 10


class Metrics(TypedDict):
    """metrics.json, in nats per image where nothing else is said.

    An autoencoder has not all of it, and an earlier version had less.
    """

    images: Text  # which they were, in words
    treatment: Text
    loss: Number
    reconstruction: Number
    kl: Number
    epoch: NotRequired[Count]
    dataset: NotRequired[Text]
    binarisation: NotRequired[Binarisation]
    distortion: NotRequired[Number]
    rate: NotRequired[Number]
    reconstruction_per_class: NotRequired[Annotated[dict[Text, Number], Meta(max_length=256)]]
    kl_per_dimension: NotRequired[Annotated[list[Number], Meta(max_length=128)]]
    elbo: NotRequired[Number]
    elbo_standard_error: NotRequired[Number]
    bits_per_dimension: NotRequired[Number]
    lecture_loss: NotRequired[Number]
    active_units: NotRequired[Count]


Classes = Annotated[list[Count], Meta(min_length=2, max_length=256)]


class ClassifierMetrics(TypedDict):
    """metrics.json of a classifier. loss: the cross-entropy, in nats per image."""

    images: Text  # which they were, in words
    treatment: Text
    loss: Number
    loss_standard_error: Number
    accuracy: Share
    accuracy_low: Share
    accuracy_high: Share
    recall_per_class: Annotated[dict[Text, Share | None], Meta(max_length=256)]
    confusion: Annotated[list[Classes], Meta(min_length=2, max_length=256)]
    calibration_error: NotRequired[Share]  # of probabilities that are numbers
    epoch: NotRequired[Count]
    dataset: NotRequired[Text]
    binarisation: NotRequired[Binarisation]


class Estimate(TypedDict):
    """A likelihood by importance sampling, in nats per image (Burda et al. 2016)."""

    nll: Number
    nll_standard_error: Number  # over images
    elbo: Number
    importance_samples: Positive


class Measured(Estimate):
    """An estimate, of which images it is and the seconds that it took."""

    images: Text
    treatment: Text
    seconds: Seconds


class Likelihood(TypedDict, total=False):
    """likelihood.json: by the treatment of the test images."""

    none: Measured
    threshold: Measured
    fixed: Measured
    sampled: Measured


class LikelihoodRequest(TypedDict):
    """likelihood-asked.json: what the worker measures next."""

    samples: Positive
    treatment: Binarisation


Space = Literal["latent", "pca", "pixels"]
Probe = Literal["knn", "probe", "silhouette"]


class SpaceFigures(TypedDict):
    """How well classes are told apart in a space: two accuracies, and the mean silhouette."""

    dimensions: Positive
    knn: Share
    probe: Share
    silhouette: Annotated[float, Meta(ge=-1.0, le=1.0)]


class ClassProbes(TypedDict):
    """knowledge.json: of each space, accuracies and how far classes are apart."""

    training_images: Positive
    test_images: Positive
    silhouette_images: Positive
    latent: SpaceFigures
    pca: SpaceFigures
    pixels: SpaceFigures


Counts = Annotated[list[Count], Meta(min_length=DIGITS, max_length=DIGITS)]
Entropy = Annotated[float, Meta(ge=0.0, le=math.log(DIGITS) + 1e-9)]


class SampleFigures(TypedDict):
    """How good the samples of one sampler are (see `evaluation.sample_quality`)."""

    frechet_classifier_distance: Distance
    precision: Share
    recall: Share
    share_sure: Share
    class_counts: Counts
    class_entropy: Entropy
    class_balance: Share
    share_as_told: NotRequired[Share]  # of a conditional run


class _OtherSamplers(TypedDict):
    mixture: SampleFigures
    posterior: SampleFigures


class Quality(SampleFigures):
    """quality.json: of samples, and with "real_" in front the same of real images."""

    dataset: Literal["mnist"]
    samples: Positive
    reference_images: Positive
    seed: Count
    classifier: Annotated[str, Meta(pattern=r"\A[0-9a-f]{12}\Z")]
    classifier_accuracy: Share
    noise_floor: Distance
    real_precision: Share
    real_recall: Share
    real_share_sure: Share
    real_class_counts: Counts
    real_class_entropy: Entropy
    real_class_balance: Share
    samplers: NotRequired[_OtherSamplers]


class References(TypedDict):
    """Reference lines of a data set in a binarisation, in nats per image."""

    floor: float
    mean_image: float
    pca: dict[str, float]  # by its number of dimensions


class ClassifiedBy(TypedDict):
    """Of predicted classes: accuracy, its 95 % interval, the expected calibration error."""

    accuracy: Share
    accuracy_low: Share
    accuracy_high: Share
    calibration_error: Share


class Classification(TypedDict):
    """Test images classified by Bayes' rule (see `evaluation.generative_classifier`).

    nll: -log p(x) in nats per image, the classes summed over. recall: by the class's name, None of
    one without images. confusion: images by their class (rows) and the one that importance sampling
    found.
    """

    dataset: Text
    images: Text
    treatment: Text
    importance_samples: Positive
    seed: Count
    importance: ClassifiedBy
    elbo: ClassifiedBy
    nll: Number
    nll_standard_error: Number
    recall: dict[str, Share | None]
    confusion: list[list[Count]]
    seconds: Seconds


class ClassifiedImages(ClassifiedBy):
    """The same, of how many images it is and how many samples there were of each and each class."""

    images: Positive
    samples: Positive


class ClassifierFigures(TypedDict):
    """A classifier on the test images: on all, and on those of the importance sampling."""

    name: Text
    mark: Annotated[str, Meta(pattern=r"\A[0-9a-f]{12}\Z")]  # of its network's file
    all: ClassifiedBy
    same: ClassifiedBy


class RocArea(TypedDict):
    """The area under a ROC curve, with its 95 % interval."""

    area: Share
    low: Share
    high: Share


class Separation(TypedDict):
    """How well test images are told apart from foreign ones, by scores that should be higher.

    likelihood: log p(x). ratio: log p(x) / p0(x). bayes: the highest p(y | x) by Bayes' rule.
    probability, entropy: the highest of a classifier's probabilities, and minus their entropy.
    """

    name: Text
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

    treatment: Text
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
