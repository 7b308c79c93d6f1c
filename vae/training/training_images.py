"""The training images as TensorFlow holds them while a model trains: addressed by their indices."""

from __future__ import annotations

import numpy as np

from vae.config import Config
from vae.data.binarisation import binarise
from vae.model.keras_setup import tf
from vae.model.pixels import to_floats
from vae.training.shift_and_flip import shift_and_flip

__all__ = ["TrainingImages"]


class TrainingImages:
    """Images as pixels (N, HWC) and labels (N,), both held once.

    The pixels stay uint8, and flat, because loops over an axis of length 1, the grey channel, are
    not vectorised. images: uint8 (N, H, W, C). labels: (N,), None where the model has none.
    is_changing: whether each step sees them in another way.
    """

    def __init__(self, config: Config, images: np.ndarray, labels: np.ndarray | None) -> None:
        self._config, self._seed = config, config.seed
        self._is_sampled = config.binarisation == "sampled"  # anew at each step
        self.is_changing = self._is_sampled or config.moves_images
        binary = images if self._is_sampled else binarise(images, config.binarisation)
        self._shape = images.shape[1:]
        self.pixel_count = int(np.prod(self._shape))  # values of one image: HWC
        self.pixels = tf.constant(binary.reshape(len(images), -1))
        self._labels = None if labels is None else tf.constant(labels, tf.int32)

    def labels(self, indices: tf.Tensor) -> tf.Tensor | None:
        """Return the labels of these images, in the shape of indices."""
        return None if self._labels is None else tf.gather(self._labels, indices)

    def at_step(self, indices: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        """Return the images of a batch as this step of the run sees them: uint8 (batch, HWC).

        Shifts, flips and sampled pixels depend on the seed and the number of the step alone. That
        number is in every checkpoint, so a run that resumes sees the same.
        """
        pixels = tf.gather(self.pixels, indices)
        if self._config.moves_images:
            # Pixels are sampled with a number from 0 on: these random numbers are others.
            key = tf.stack([self._seed, -1 - step])
            pixels = shift_and_flip(pixels, self._shape, self._config, key)
        return self._sampled(pixels, self._seed, step)

    def for_validation(self, indices: tf.Tensor, start: tf.Tensor) -> tf.Tensor:
        """Return images as every validation sees them, never moved: uint8 (batch, HWC).

        Sampled pixels are the same in every epoch, so that the curve moves with the model alone.
        start: how many images were validated before these.
        """
        return self._sampled(tf.gather(self.pixels, indices), ~self._seed, start)

    def _sampled(self, pixels: tf.Tensor, seed: int, stream: tf.Tensor) -> tf.Tensor:
        """Return pixels, each white with its grey level as probability if they are sampled."""
        if not self._is_sampled:
            return pixels
        grey = to_floats(pixels)
        key = tf.stack([seed, stream])
        random = tf.random.stateless_uniform(tf.shape(grey), key, alg="philox")
        return 255 * tf.cast(random < grey, tf.uint8)
