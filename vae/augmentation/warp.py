"""Classical augmentation as a Keras layer: shift, turn, scale and bend an image, all in one.

Keras has a layer for each (RandomTranslation, RandomRotation, RandomZoom, RandomElasticTransform).
One after the other they blur the image four times, and that of Keras 3.15 bends along the diagonal
alone, since it takes one random field for both directions. Here an image is resampled once.
"""

from __future__ import annotations

import math
from typing import Any

from vae.model.keras_setup import keras, ops, random, tf

__all__ = ["RandomWarp"]

GRID = 4  # control points of the bending, along each side


class RandomWarp(keras.layers.Layer):
    """Images in [0, 1] (N, H, W, C) -> the same, warped, each in its own way; in training alone.

    shift, bend: fractions of a side; turn: radians; scale: a fraction. The first three of each are
    uniform up to that; the displacements of the bending's control points are normal with that
    deviation, smoothed in between as in Simard et al. 2003. Little enough that an image stays of
    its class; no mirror images, since digits have none. What comes in from outside is black.
    """

    def __init__(
        self,
        shift: float = 0.07,
        turn: float = math.radians(12.0),
        scale: float = 0.12,
        bend: float = 0.02,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.shift, self.turn, self.scale, self.bend = shift, turn, scale, bend
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool = False) -> Any:
        """Return the images as they are seen in one step."""
        if not training:
            return images
        height, width = images.shape[1:3]
        count = ops.shape(images)[0]
        rows, columns = self._sources(count, height, width)
        return _bilinear(images, rows, columns)

    def _sources(self, count: Any, height: int, width: int) -> tuple[Any, Any]:
        """Return from where each pixel comes: rows and columns (N, H, W), in pixels."""
        # Relative to the centre, in sides: -0.5 to 0.5.
        y = ops.reshape((ops.arange(height, dtype="float32") + 0.5) / height - 0.5, (1, height, 1))
        x = ops.reshape((ops.arange(width, dtype="float32") + 0.5) / width - 0.5, (1, 1, width))
        angle = self._uniform(count, self.turn)
        across, down = (ops.exp(self._uniform(count, self.scale)) for _ in range(2))
        bent = self._bending(count, height, width)
        rows = down * (ops.cos(angle) * y + ops.sin(angle) * x) + self._uniform(count, self.shift)
        columns = across * (ops.cos(angle) * x - ops.sin(angle) * y)
        columns = columns + self._uniform(count, self.shift)
        return (
            (rows + bent[..., 0] + 0.5) * height - 0.5,
            (columns + bent[..., 1] + 0.5) * width - 0.5,
        )

    def _uniform(self, count: Any, limit: float) -> Any:
        return random.uniform((count, 1, 1), -limit, limit, seed=self.seed_generator)

    def _bending(self, count: Any, height: int, width: int) -> Any:
        """Return smooth displacements (N, H, W, 2), in sides."""
        shape = (count, GRID, GRID, 2)
        points = random.normal(shape, stddev=self.bend, seed=self.seed_generator)
        return tf.image.resize(points, (height, width), method="bicubic")


def _bilinear(images: Any, rows: Any, columns: Any) -> Any:
    """Return the values of images (N, H, W, C) at rows and columns (N, H, W); 0 outside."""
    height, width = images.shape[1:3]
    # A black frame: what lies beyond it is black too.
    framed = tf.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    rows = tf.clip_by_value(rows + 1.0, 0.0, height + 0.999)
    columns = tf.clip_by_value(columns + 1.0, 0.0, width + 0.999)
    top, left = tf.floor(rows), tf.floor(columns)
    below, right = (rows - top)[..., None], (columns - left)[..., None]
    first = tf.cast(top, tf.int32) * (width + 2) + tf.cast(left, tf.int32)
    pixels = tf.reshape(framed, (-1, (height + 2) * (width + 2), images.shape[3]))

    def at(offset: int) -> Any:
        return tf.gather(pixels, first + offset, batch_dims=1)

    upper = at(0) * (1.0 - right) + at(1) * right
    lower = at(width + 2) * (1.0 - right) + at(width + 3) * right
    return upper * (1.0 - below) + lower * below
