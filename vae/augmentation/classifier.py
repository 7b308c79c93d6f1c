"""The classifier that every method of a study trains, with classical augmentation or without."""

from __future__ import annotations

from typing import Any

import numpy as np

from vae.augmentation.recipe import Recipe
from vae.augmentation.trainer import Trainer
from vae.augmentation.warp import RandomWarp
from vae.model.keras_setup import keras, tf
from vae.model.pixels import to_floats

__all__ = ["Classifier"]

EVALUATION_BATCH = 1000


class Classifier:
    """One network, trained anew for each training set; with or without classical augmentation.

    Convolutions with pooling and dropout: of few images it makes more than the package's own
    classifier, whose convolutions have strides.
    """

    def __init__(
        self, recipe: Recipe, image_shape: tuple[int, int, int], classes: int, batch: int
    ) -> None:
        self._model = _network(recipe, image_shape, classes)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self._model.compile(keras.optimizers.Adam(), loss)
        warp = RandomWarp()
        states: list[Any] = [
            layer.seed_generator.state
            for layer in (*self._model.layers, warp)
            if isinstance(layer, keras.layers.Dropout | RandomWarp)
        ]

        def warped(images: Any, labels: Any) -> tuple[Any, Any]:
            return warp(images, training=True), labels

        def as_it_is(images: Any, labels: Any) -> tuple[Any, Any]:
            return images, labels

        # Both train the same network; each is compiled when it is first used.
        self._trainers = {
            classical: Trainer(self._model, image_shape, batch, step_data, states)
            for classical, step_data in ((False, as_it_is), (True, warped))
        }
        self._logits = tf.function(
            lambda pixels: self._model(to_floats(pixels), training=False),
            autograph=False,
            input_signature=[tf.TensorSpec((None, *image_shape), tf.uint8)],
        )

    def trainer(self, *, classical: bool = False) -> Trainer:
        """Return what trains it anew, on images as they are or warped at each step."""
        return self._trainers[classical]

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Return the class of each image (N,)."""
        logits = [
            self._logits(images[begin : begin + EVALUATION_BATCH]).numpy()
            for begin in range(0, len(images), EVALUATION_BATCH)
        ]
        return np.concatenate(logits).argmax(axis=1)

    @property
    def weights(self) -> list[np.ndarray]:
        """The weights as they are."""
        return self._model.get_weights()

    @weights.setter
    def weights(self, weights: list[np.ndarray]) -> None:
        self._model.set_weights(weights)


def _network(recipe: Recipe, image_shape: tuple[int, int, int], classes: int) -> keras.Model:
    """Return images in [0, 1] -> logits (N, classes)."""
    layers = keras.layers
    stages: list[Any] = [keras.Input(image_shape)]
    for filters in recipe.classifier_filters:
        stages += [
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2, padding="same"),
        ]
    stages += [layers.Flatten(), layers.Dropout(recipe.classifier_dropout, seed=0)]
    for units in recipe.classifier_dense:
        stages += [
            layers.Dense(units, activation="relu"),
            layers.Dropout(recipe.classifier_dropout, seed=1),
        ]
    return keras.Sequential([*stages, layers.Dense(classes)])
