"""Pixels as the networks take them."""

from __future__ import annotations

import numpy as np

from vae.model.keras_setup import tf

__all__ = ["to_floats"]


def to_floats(pixels: tf.Tensor | np.ndarray) -> tf.Tensor:
    """Return uint8 pixels as float32 in [0, 1]."""
    return tf.cast(pixels, tf.float32) / 255.0
