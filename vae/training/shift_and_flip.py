"""Training images shifted and mirrored, each in its own way, so that few count as more."""

from __future__ import annotations

from vae.config import Config
from vae.layers import ImageShape
from vae.model.keras_setup import tf

__all__ = ["shift_and_flip"]


def shift_and_flip(
    pixels: tf.Tensor, shape: ImageShape, config: Config, key: tf.Tensor
) -> tf.Tensor:
    """Return images (N, HWC), each moved by up to config.shift pixels and, with flip, mirrored.

    Of whole pixels, so that binary images stay binary. Where an image moves away its edge is
    repeated: the ground continues, be it black, white or a photograph's. Black there would be
    learned as a part of the image (Karras et al. 2020, on augmentations that leak).
    shape: (H, W, C). key: two int32, from which all follows.
    """
    height, width, channels = shape
    count = tf.shape(pixels)[0]
    random = tf.random.stateless_uniform(tf.stack([3, count]), key, alg="philox")
    down, right = tf.unstack(_whole_shifts(random[:2], config.shift))
    rows = tf.clip_by_value(tf.range(height) - down[:, None], 0, height - 1)
    columns = tf.clip_by_value(tf.range(width) - right[:, None], 0, width - 1)
    if config.flip:
        columns = tf.where(random[2][:, None] < 0.5, columns, width - 1 - columns)
    source = tf.reshape(rows[:, :, None] * width + columns[:, None, :], (count, height * width))
    moved = tf.gather(tf.reshape(pixels, (count, height * width, channels)), source, batch_dims=1)
    return tf.reshape(moved, tf.shape(pixels))


def _whole_shifts(random: tf.Tensor, limit: int) -> tf.Tensor:
    """Return whole numbers from -limit to limit, each as likely, of numbers in [0, 1)."""
    return tf.cast(random * (2 * limit + 1), tf.int32) - limit
