"""The data sets that a Keras script can get: those that Keras or a package has, and one's own."""

from __future__ import annotations

from typing import NamedTuple

from vae.data.own_sets import find_own
from vae.layers import ImageShape

__all__ = ["SOURCES", "Source", "source_of"]


class Source(NamedTuple):
    """A data set as a script gets it."""

    title: str
    images: int  # in the training set
    image_shape: ImageShape
    classes: int


SOURCES = {
    "mnist": Source("MNIST", 60_000, (28, 28, 1), 10),
    "fashion_mnist": Source("Fashion-MNIST", 60_000, (28, 28, 1), 10),
    "digits": Source("scikit-learn's digits", 1_437, (8, 8, 1), 10),
    "animals": Source("Animals", 8_000, (28, 28, 1), 10),
}


def source_of(dataset_name: str) -> Source | None:
    """Return how a script gets a data set, one of one's own too; None for any other."""
    own = None if dataset_name in SOURCES else find_own(dataset_name)
    if own is None:
        return SOURCES.get(dataset_name)
    return Source(own.title, own.training_images, own.image_shape, len(own.class_names))
