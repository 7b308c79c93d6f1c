"""What metrics.json holds, by kind of model, and the reference lines beside it."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from vae.config.settings import Binarisation
from vae.schemas.reading import AnyText, Count, Fraction, Number

__all__ = ["AdversarialMetrics", "ClassifierMetrics", "Metrics", "References"]


class Metrics(TypedDict):
    """metrics.json, in nats per image where nothing else is said.

    An autoencoder has not all of it, and an earlier version had less.
    """

    images: AnyText  # which they were, in words
    treatment: AnyText
    loss: Number
    reconstruction: Number
    kl: Number
    epoch: NotRequired[Count]
    dataset: NotRequired[AnyText]
    binarisation: NotRequired[Binarisation]
    distortion: NotRequired[Number]
    rate: NotRequired[Number]
    reconstruction_per_class: NotRequired[Annotated[dict[AnyText, Number], Meta(max_length=256)]]
    kl_per_dimension: NotRequired[Annotated[list[Number], Meta(max_length=128)]]
    elbo: NotRequired[Number]
    elbo_standard_error: NotRequired[Number]
    bits_per_dimension: NotRequired[Number]
    lecture_loss: NotRequired[Number]
    active_units: NotRequired[Count]


Classes = Annotated[list[Count], Meta(min_length=2, max_length=256)]


class ClassifierMetrics(TypedDict):
    """metrics.json of a classifier. loss: the cross-entropy, in nats per image."""

    images: AnyText  # which they were, in words
    treatment: AnyText
    loss: Number
    loss_standard_error: Number
    accuracy: Fraction
    accuracy_low: Fraction
    accuracy_high: Fraction
    recall_per_class: Annotated[dict[AnyText, Fraction | None], Meta(max_length=256)]
    confusion: Annotated[list[Classes], Meta(min_length=2, max_length=256)]
    calibration_error: NotRequired[Fraction]  # of probabilities that are numbers
    epoch: NotRequired[Count]
    dataset: NotRequired[AnyText]
    binarisation: NotRequired[Binarisation]


class AdversarialMetrics(TypedDict):
    """metrics.json of a GAN. Losses in nats per image; d_real, d_fake: means of D(x), D(G(z))."""

    images: AnyText  # which they were, in words
    treatment: AnyText
    loss: Number  # of the generator
    discriminator_loss: Number
    d_real: Fraction
    d_fake: Fraction
    epoch: NotRequired[Count]
    dataset: NotRequired[AnyText]
    binarisation: NotRequired[Binarisation]


class References(TypedDict):
    """Reference lines of a data set in a binarisation, in nats per image."""

    floor: float
    mean_image: float
    pca: dict[str, float]  # by its number of dimensions
