"""Which images train, which validate, and in which order an epoch sees them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vae.architecture import summarize
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import ConfigError

__all__ = [
    "Split",
    "check_trainable",
    "epoch_batches",
    "split_counts",
    "split_indices",
    "untaught_classes_note",
    "unused_images_note",
]

WORTH_SAYING = 0.1  # of the training images
MAX_NAMED = 3  # classes, in a sentence


class Split(NamedTuple):
    """Which training images train and which validate: int32 indices."""

    train: np.ndarray
    validation: np.ndarray


def check_trainable(config: Config, dataset: Dataset) -> None:
    """Raise ConfigError unless the layers fit the images and one of these is left to train on.

    A shift must leave the middle of an image in it, and a classifier's images must be of two
    classes at least. Asked before a run gets its folder: what does not fit leaves none behind.
    """
    summarize(config, dataset.image_shape, dataset.classes)
    height, width, _ = dataset.image_shape
    if 2 * config.shift >= min(height, width):
        raise ConfigError(
            "A random shift must be less than half of an image's shorter side. Received: "
            f"shift={config.shift}, images of {height} × {width} pixels"
        )
    train, validation = split_counts(config, len(dataset.x_train))
    if config.patience and not validation:
        raise ConfigError(
            "Early stopping needs at least one image to validate on. Received: "
            f"validation_split={config.validation_split} of {train:,} images"
        )
    if config.has("classifier") and len(present := _taught_classes(config, dataset)) < 2:
        raise ConfigError(
            "A classifier tells classes apart, so the images that it trains on must be of two "
            "classes or more: train on more of them, or train a VAE, an autoencoder or a GAN. "
            f"Received: {train:,} images, all of "
            f"{dataset.class_names[present[0]]!r:.40}"
        )


def untaught_classes_note(config: Config, dataset: Dataset) -> str:
    """Say which classes a classifier has no image of to train on; "" if it has of all."""
    if not config.has("classifier"):
        return ""
    taught = {*_taught_classes(config, dataset)}
    names = [name for label, name in enumerate(dataset.class_names) if label not in taught]
    if not names:
        return ""
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return (
        f"No image of {', '.join(names[:MAX_NAMED])}{more} is among those that train, so the "
        "classifier cannot learn it: raise the fraction of the training set."
    )


def _taught_classes(config: Config, dataset: Dataset) -> list[int]:
    labels = dataset.y_train[split_indices(config, len(dataset.x_train)).train]
    return np.unique(labels).tolist()


def unused_images_note(config: Config, images: int) -> str:
    """Say how many training images an epoch leaves out, if they are many; "" if not.

    images: the training images of the data set.
    """
    train, _ = split_counts(config, images)
    batch = min(config.batch_size, train)
    rest = train % batch
    if rest < WORTH_SAYING * train:
        return ""
    return (
        f"Each epoch uses {train - rest:,} of {train:,} training images, others each time: the "
        f"last {rest:,} do not fill a batch of {batch:,}."
    )


def split_counts(config: Config, images: int) -> tuple[int, int]:
    """Return how many of a data set's training images train, and how many validate.

    Raises ConfigError if less than one image is left to train on.
    """
    used = min(images, max(1, round(config.train_share * images)))
    validation = round(config.validation_split * used)
    if validation == used:
        raise ConfigError(
            "At least one image must be left to train on. "
            f"Received: train_share={config.train_share} of {images} images"
        )
    return used - validation, validation


def split_indices(config: Config, images: int) -> Split:
    """Sample the fraction of the training images that is used, and hold back those that validate.

    Raises ConfigError if less than one image is left to train on.
    """
    train, validation = split_counts(config, images)
    order = np.random.default_rng([config.seed, 1]).permutation(images).astype(np.int32)
    return Split(order[validation : validation + train], order[:validation])


def epoch_batches(config: Config, train: np.ndarray, epoch: int, batch_size: int) -> np.ndarray:
    """Return the batches of an epoch: indices (steps, batch), int32.

    train: indices of the images that train (N,). The last images that fill no batch wait for
    another epoch: each one is shuffled anew.
    """
    steps = len(train) // batch_size
    order = np.random.default_rng([config.seed, 2, epoch]).permutation(train)
    return order[: steps * batch_size].reshape(steps, batch_size)
