"""What quality.json holds: how good samples are, beside real images."""

from __future__ import annotations

import math
from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from vae.schemas.reading import Count, Distance, Fraction, Positive

__all__ = ["Quality", "SampleFigures"]

DIGITS = 10
Counts = Annotated[list[Count], Meta(min_length=DIGITS, max_length=DIGITS)]
Entropy = Annotated[float, Meta(ge=0.0, le=math.log(DIGITS) + 1e-9)]


class SampleFigures(TypedDict):
    """How good the samples of one sampler are (see `evaluation.sample_quality`)."""

    frechet_classifier_distance: Distance
    precision: Fraction
    recall: Fraction
    share_sure: Fraction
    class_counts: Counts
    class_entropy: Entropy
    class_balance: Fraction
    share_as_told: NotRequired[Fraction]  # of a conditional run


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
    classifier_accuracy: Fraction
    noise_floor: Distance
    real_precision: Fraction
    real_recall: Fraction
    real_share_sure: Fraction
    real_class_counts: Counts
    real_class_entropy: Entropy
    real_class_balance: Fraction
    samplers: NotRequired[_OtherSamplers]
