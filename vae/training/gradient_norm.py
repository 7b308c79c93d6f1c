"""The norm of the gradient of a step, for models whose steps are not shown part by part."""

from __future__ import annotations

import numpy as np

from vae.model.base import Model
from vae.model.keras_setup import tf
from vae.model.pixels import to_floats

__all__ = ["GradientNorm"]


class GradientNorm:
    """Measures a compiled model, and changes nothing."""

    def __init__(self, model: Model) -> None:
        self._model = model
        # Without autograph: it writes source files that a killed process leaves behind.
        self._norm = tf.function(self._gradient_norm, autograph=False, reduce_retracing=True)

    def gradient_norm(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Return the norm of the loss's gradient on a batch (N, H, W, C) uint8: nats per image."""
        return float(self._norm(images, labels))

    def _gradient_norm(self, images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        model = self._model
        x, y = model.step_data(to_floats(images), labels)
        with tf.GradientTape() as tape:
            loss = model.loss_of(x, y)
        return tf.linalg.global_norm(tape.gradient(loss, model.trainable_weights))
