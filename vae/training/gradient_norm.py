"""The norms of the gradients of a step, for models whose steps are not shown part by part."""

from __future__ import annotations

import numpy as np

from vae.model.base import Model
from vae.model.gan import GAN
from vae.model.keras_setup import random, tf
from vae.model.pixels import to_floats

__all__ = ["AdversarialNorms", "GradientNorm"]


class GradientNorm:
    """Measures a compiled model, and changes nothing."""

    def __init__(self, model: Model) -> None:
        self._model = model
        # Without autograph: it writes source files that a killed process leaves behind.
        self._norm = tf.function(self._gradient_norm, autograph=False, reduce_retracing=True)

    def norms(self, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
        """Return gradient_norm, that of the loss on a batch (N, H, W, C) uint8: nats per image."""
        return {"gradient_norm": float(self._norm(images, labels))}

    def _gradient_norm(self, images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        model = self._model
        x, y = model.step_data(to_floats(images), labels)
        with tf.GradientTape() as tape:
            loss = model.loss_of(x, y)
        return tf.linalg.global_norm(tape.gradient(loss, model.trainable_weights))


class AdversarialNorms:
    """The same of a GAN, whose networks have a loss each; it changes nothing."""

    def __init__(self, model: GAN) -> None:
        self._model = model
        self._norms = tf.function(self._gradient_norms, autograph=False, reduce_retracing=True)

    def norms(self, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
        """Return gradient_norm, the generator's, and discriminator_gradient_norm."""
        generator, discriminator = self._norms(images, labels)
        return {
            "gradient_norm": float(generator),
            "discriminator_gradient_norm": float(discriminator),
        }

    def _gradient_norms(self, images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        model = self._model
        # Codes of its own: the random state of the model stays.
        z = random.normal((tf.shape(images)[0], model.config.latent_dim), seed=model.config.seed)
        (inputs,) = model.step_data(to_floats(images), labels)
        gradients = model.gradients(inputs, z)
        both = gradients.decoder, gradients.discriminator
        return tf.linalg.global_norm(both[0]), tf.linalg.global_norm(both[1])
