"""The training images as TensorFlow holds them while a model trains: addressed by their indices."""

from __future__ import annotations

import numpy as np

from vae.config import Config
from vae.data.binarisation import binarise
from vae.model.keras_setup import tf
from vae.model.pixels import to_floats

__all__ = ["TrainingImages"]


class TrainingImages:
    """Images as pixels (N, HWC) and labels (N,), both held once.

    The pixels stay uint8, and flat, because loops over an axis of length 1, the grey channel, are
    not vectorised. images: uint8 (N, H, W, C). labels: (N,), None where the model has none.
    """

    def __init__(self, config: Config, images: np.ndarray, labels: np.ndarray | None) -> None:
        self.is_sampled = config.binarisation == "sampled"  # anew at each step
        self._seed = config.seed
        binary = images if self.is_sampled else binarise(images, config.binarisation)
        self.pixel_count = int(np.prod(images.shape[1:]))  # values of one image: HWC
        self.pixels = tf.constant(binary.reshape(len(images), -1))
        self._labels = None if labels is None else tf.constant(labels, tf.int32)

    def labels(self, indices: tf.Tensor) -> tf.Tensor | None:
        """Return the labels of these images, in the shape of indices."""
        return None if self._labels is None else tf.gather(self._labels, indices)

    def at_step(self, indices: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        """Return the images of a batch as this step of the run sees them: uint8 (batch, HWC).

        Sampled pixels depend on the seed and the number of the step alone. That number is in every
        checkpoint, so a run that resumes samples the same.
        """
        return self._sampled(indices, self._seed, step)

    def for_validation(self, indices: tf.Tensor, start: tf.Tensor) -> tf.Tensor:
        """Return images as every validation sees them: uint8 (batch, HWC).

        Sampled pixels are the same in every epoch, so that the curve moves with the model alone.
        start: how many images were validated before these.
        """
        return self._sampled(indices, ~self._seed, start)

    def _sampled(self, indices: tf.Tensor, seed: int, stream: tf.Tensor) -> tf.Tensor:
        """Return pixels, each white with its grey level as probability if they are sampled."""
        pixels = tf.gather(self.pixels, indices)
        if not self.is_sampled:
            return pixels
        grey = to_floats(pixels)
        key = tf.stack([seed, stream])
        random = tf.random.stateless_uniform(tf.shape(grey), key, alg="philox")
        return 255 * tf.cast(random < grey, tf.uint8)
