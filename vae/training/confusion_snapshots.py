"""What a classifier makes of the same images at a moment of its training."""

from __future__ import annotations

import numpy as np

from vae.config import Config
from vae.data.binarisation import binarise
from vae.data.datasets import Dataset
from vae.data.split import split_indices
from vae.model.accuracy import logits_of_images
from vae.model.classifier import Classifier
from vae.model.keras_setup import ops
from vae.statistics import confusion_matrix
from vae.training.snapshots import FIXED_IMAGES, first_of_each_class

__all__ = ["ConfusionSnapshots"]

MAX_IMAGES = 1000  # whose confusion is shown: within an epoch it is time that counts


class ConfusionSnapshots:
    """Takes the confusion matrix of the images that are held back, and a few test images.

    fixed: test images, one of each class, and their labels. Where nothing is held back for
    validation, the matrix is of no images.
    """

    def __init__(self, config: Config, dataset: Dataset) -> None:
        chosen = first_of_each_class(dataset.y_test, FIXED_IMAGES)
        self.fixed = {"images": dataset.x_test[chosen], "labels": dataset.y_test[chosen]}
        held_back = split_indices(config, len(dataset.x_train)).validation[:MAX_IMAGES]
        self._images = binarise(
            np.concatenate([self.fixed["images"], dataset.x_train[held_back]]), config.binarisation
        )
        self._labels = dataset.y_train[held_back]

    def take(self, model: Classifier) -> dict[str, np.ndarray]:
        """Return probabilities (10, classes) of the fixed images, float32, and the confusion.

        confusion: held-back images by their class (rows) and what the model says (columns), int32
        (classes, classes).
        """
        logits, count = logits_of_images(model, self._images), len(self.fixed["images"])
        says = logits[count:].argmax(axis=1)
        return {
            "probabilities": np.asarray(ops.softmax(logits[:count])),
            "confusion": confusion_matrix(self._labels, says, model.classes),
        }

    def preview(self, model: Classifier) -> dict[str, np.ndarray]:
        """Return the same within an epoch."""
        return self.take(model)
