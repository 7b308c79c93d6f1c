"""The fast inner loop: many Keras training steps inside one compiled call.

The pixels stay uint8 until a batch is on its way into the network. What a step does is Keras's
own `train_step`; only the loop around it is ours, because `fit` spends as long between the steps
as in them (`make bench` prints the ratio).
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vae.model import VAE

__all__ = ["Loop", "to_unit_interval"]

EVALUATION_BATCH = 500


def to_unit_interval(images: tf.Tensor) -> tf.Tensor:
    """Turn uint8 pixels into float32 in [0, 1]."""
    return tf.cast(images, tf.float32) / 255.0


class Loop:
    """Runs steps of a compiled model on images that are addressed by their index.

    images: uint8 (N, H, W, C), held once.
    """

    def __init__(self, model: VAE, images: np.ndarray) -> None:
        self.model = model
        optimizer: keras.Optimizer = model.optimizer
        optimizer.build(model.trainable_variables)
        pixels = tf.constant(images)
        # XLA fuses the element-wise work of a dense step; convolutions run faster without it.
        dense = model.config.network == "dense"

        @tf.function(jit_compile=dense)
        def step(batch: tf.Tensor) -> None:
            model.train_step(to_unit_interval(batch))

        @tf.function(
            input_signature=[
                tf.TensorSpec((None, None), tf.int32),
                tf.TensorSpec((None,), tf.float32),
            ]
        )
        def train(indices: tf.Tensor, learning_rates: tf.Tensor) -> None:
            for place in tf.range(tf.shape(indices)[0]):
                optimizer.learning_rate.assign(learning_rates[place])
                step(tf.gather(pixels, indices[place]))

        @tf.function(input_signature=[tf.TensorSpec((None,), tf.int32)])
        def evaluate(indices: tf.Tensor) -> None:
            model.test_step(to_unit_interval(tf.gather(pixels, indices)))

        self._train, self._evaluate = train, evaluate

    def train(self, indices: np.ndarray, learning_rates: np.ndarray) -> None:
        """Take one step for each row of indices (steps, batch), int32."""
        self._train(indices, learning_rates)

    def evaluate(self, indices: np.ndarray) -> dict[str, Any]:
        """Return the means of loss and parts over these images, in nats per image."""
        self.model.reset_metrics()
        for start in range(0, len(indices), EVALUATION_BATCH):
            self._evaluate(indices[start : start + EVALUATION_BATCH])
        return self.results()

    def results(self) -> dict[str, Any]:
        """Return the means since the last call as plain numbers, and start anew."""
        values = {name: np.asarray(value).tolist() for name, value in self._metrics().items()}
        self.model.reset_metrics()
        return values

    def _metrics(self) -> dict[str, tf.Tensor]:
        return self.model.get_metrics_result()
