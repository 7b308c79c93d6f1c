"""Trains one network anew, again and again: built and compiled once, whatever the images are.

A study trains hundreds of tiny models. To build one and to trace its step takes longer than many
of its steps, so here weights, optimizer and random states are set back instead, and the compiled
call takes any number of images. A model's numbers depend on its images and seed alone, not on what
was trained before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vae.model.keras_setup import keras, tf
from vae.model.pixels import to_floats

__all__ = ["Trainer"]

CHUNK = 25  # steps of one call: a pause is answered after it


class Trainer:
    """A compiled Keras model, its data on the way in, and what sets it back.

    step_data: (images in [0, 1] (B, H, W, C), labels (B,)) -> what `model.train_step` takes.
    random_states: of all layers that sample. A batch has `batch` images, whatever their number.
    """

    def __init__(
        self,
        model: keras.Model,
        image_shape: tuple[int, int, int],
        batch: int,
        step_data: Callable[[Any, Any], tuple[Any, ...]],
        random_states: Sequence[Any],
    ) -> None:
        self.model = model
        self._optimizer: Any = model.optimizer  # Keras does not annotate what it has
        self._optimizer.build(model.trainable_variables)
        self._batch, self._step_data, self._random_states = batch, step_data, random_states
        # Pixels stay uint8 until a batch is on its way into the network. Convolutions run faster
        # without XLA. Without autograph, which writes files that a killed process leaves behind.
        self._steps = tf.function(
            self._take_steps,
            autograph=False,
            input_signature=[
                tf.TensorSpec((None, *image_shape), tf.uint8),
                tf.TensorSpec((None,), tf.int32),
                tf.TensorSpec((None, batch), tf.int32),
                tf.TensorSpec((None,), tf.float32),
            ],
        )

    def train(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        *,
        steps: int,
        rate: float,
        seed: int,
        check: Callable[[], None],
    ) -> None:
        """Train from new weights, with a learning rate that falls to 0 along a cosine.

        images: uint8 (N, H, W, C). labels: (N,). check: called between calls; what it raises ends
        the training.
        """
        self._reset(seed)
        order = np.random.default_rng([seed, 1])
        indices = batches(len(images), self._batch, steps, order)
        rates = rate * 0.5 * (1.0 + np.cos(math.pi * np.arange(steps) / steps))
        pixels, classes = tf.constant(images), tf.constant(labels, tf.int32)
        for begin in range(0, steps, CHUNK):
            check()
            chunk = slice(begin, begin + CHUNK)
            self._steps(pixels, classes, indices[chunk], rates[chunk].astype(np.float32))

    def _reset(self, seed: int) -> None:
        """Have weights, optimizer and random states be as if the model was built anew."""
        numbers = np.random.default_rng([seed, 0])
        for variable in self.model.trainable_variables:
            variable.assign(_first_value(tuple(variable.shape), numbers))
        for variable in self._optimizer.variables:
            variable.assign(tf.zeros_like(variable))
        for index, state in enumerate(self._random_states):
            state.assign([seed, index])

    def _take_steps(
        self, images: tf.Tensor, labels: tf.Tensor, batches: tf.Tensor, rates: tf.Tensor
    ) -> None:
        """Take a step for each row of batches (steps, B), which are indices."""

        def step(index: tf.Tensor) -> tuple[tf.Tensor]:
            self._optimizer.learning_rate.assign(rates[index])
            batch = to_floats(tf.gather(images, batches[index]))
            self.model.train_step(self._step_data(batch, tf.gather(labels, batches[index])))
            return (index + 1,)

        tf.while_loop(lambda index: index < tf.shape(rates)[0], step, (tf.constant(0),))


def batches(count: int, size: int, steps: int, order: np.random.Generator) -> np.ndarray:
    """Return indices (steps, size) below `count`, int32: all of them in random order, then anew."""
    rounds = -(-steps * size // count)
    shuffled = np.concatenate([order.permutation(count) for _ in range(rounds)])
    return shuffled[: steps * size].reshape(steps, size).astype(np.int32)


def _first_value(shape: tuple[int, ...], numbers: np.random.Generator) -> np.ndarray:
    """Return what a variable begins with: Glorot & Bengio 2010 for kernels, else 0."""
    if len(shape) < 2:
        return np.zeros(shape, np.float32)
    field = math.prod(shape[:-2])
    limit = math.sqrt(6.0 / (field * (shape[-2] + shape[-1])))
    return numbers.uniform(-limit, limit, shape).astype(np.float32)
