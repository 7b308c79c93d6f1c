"""What knowledge.json holds: how well classes are told apart by codes, pixels and PCA."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from vae.schemas.reading import Fraction, Positive

__all__ = ["ClassProbes", "Probe", "Space", "SpaceFigures"]

Space = Literal["latent", "pca", "pixels"]
Probe = Literal["knn", "probe", "silhouette"]


class SpaceFigures(TypedDict):
    """How well classes are told apart in a space: two accuracies, and the mean silhouette."""

    dimensions: Positive
    knn: Fraction
    probe: Fraction
    silhouette: Annotated[float, Meta(ge=-1.0, le=1.0)]


class ClassProbes(TypedDict):
    """knowledge.json: of each space, accuracies and how far classes are apart."""

    training_images: Positive
    test_images: Positive
    silhouette_images: Positive
    latent: SpaceFigures
    pca: SpaceFigures
    pixels: SpaceFigures
