"""The fast inner loop: many Keras training steps inside one compiled call.

What a step does is Keras's own `train_step`; only the loop around it is ours, because `fit`
spends longer between the steps than in them (`make bench` prints the ratio). The pixels stay
uint8 until the few batches of one call are on their way into the network. Random numbers are
sampled for all steps of a call before it, because XLA has a generator of its own: other numbers,
and ten times slower.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from vae.model.base import Model
from vae.model.keras_setup import tf
from vae.model.pixels import to_floats
from vae.training.history_rows import LossMeans
from vae.training.training_images import TrainingImages

__all__ = ["CHUNK", "Loop"]

CHUNK = 60  # steps in one call, at most
RANDOM_BYTES = 32 * 1024**2  # random numbers for one call, at most, or for one step
CALL_SECONDS = 0.2  # slow steps go in smaller calls, so that a pause is answered soon
EVALUATION_BATCH = 500


class Loop:
    """Runs steps of a compiled model on images that are addressed by their index.

    images: uint8 (N, H, W, C), held once. labels: (N,), of a model that gets them.
    steps_at_once: how many a call should take; chunk: how many it can take.
    """

    def __init__(
        self, model: Model, images: np.ndarray, batch_size: int, labels: np.ndarray | None = None
    ) -> None:
        self.model, config = model, model.config
        self._optimizer: Any = model.optimizer  # Keras does not annotate what it has
        self._optimizer.build(model.trainable_variables)
        self._image_shape, self._batch_size = images.shape[1:], batch_size
        self._images = TrainingImages(config, images, labels if model.classes else None)
        copies, size = model.noise_shape
        self._noise_shape = (copies * batch_size, size)
        self.chunk = self.steps_at_once = self._steps_that_fit()
        self._compile()

    def train(self, indices: np.ndarray, learning_rates: np.ndarray) -> None:
        """Take one step for each of at most `chunk` rows of indices (steps, batch), int32.

        learning_rates: (steps,), float32.
        """
        count = len(indices)
        padding = self.chunk - count
        indices = np.pad(indices, ((0, padding), (0, 0)))
        began = time.perf_counter()
        self._train(indices, np.pad(learning_rates, (0, padding)), tf.constant(count))
        per_step = (time.perf_counter() - began) / count
        self.steps_at_once = int(np.clip(CALL_SECONDS / per_step, 1, self.chunk))

    def images(self, indices: np.ndarray) -> np.ndarray:
        """Return these images as the next step sees them: uint8 (n, H, W, C)."""
        images = self._next_images(indices).numpy()
        return images.reshape(len(indices), *self._image_shape)

    def evaluate(self, indices: np.ndarray) -> LossMeans:
        """Return the means of loss and parts over these images (N,), in nats per image."""
        self.model.reset_metrics()
        for start in range(0, len(indices), EVALUATION_BATCH):
            self._evaluate(indices[start : start + EVALUATION_BATCH], start)
        return self.results()

    def results(self) -> LossMeans:
        """Return the means since the last call, in nats per image, and start anew."""
        means = {name: value.numpy().tolist() for name, value in self._take_means().items()}
        return cast("LossMeans", means)  # by the metrics' names in `VAE`

    def _steps_that_fit(self) -> int:
        """Return how many steps of random numbers are few enough for one call."""
        noise_bytes = 4 * int(np.prod(self._noise_shape))
        pixel_bytes = self._batch_size * self._images.pixel_count * self._images.is_changing
        return int(np.clip(RANDOM_BYTES // max(noise_bytes + pixel_bytes, 1), 1, CHUNK))

    def _compile(self) -> None:
        """Make TensorFlow functions of the methods below; they are traced at their first call.

        Without autograph: it writes source files that a killed process leaves behind.
        """
        whole, some = tf.TensorSpec((), tf.int32), tf.TensorSpec((None,), tf.int32)
        batches = tf.TensorSpec((self.chunk, self._batch_size), tf.int32)
        rates = tf.TensorSpec((self.chunk,), tf.float32)
        # XLA fuses the element-wise work of a dense step; convolutions run faster without it.
        xla = self.model.config.network == "dense"
        self._run_steps = tf.function(self._steps, jit_compile=xla, autograph=False)
        self._train = tf.function(
            self._train_chunk,
            autograph=False,
            input_signature=[batches, rates, whole],
        )
        self._evaluate = tf.function(
            self._evaluate_batch,
            autograph=False,
            input_signature=[some, whole],
        )
        self._next_images = tf.function(
            self._images_of_next_step, autograph=False, input_signature=[some]
        )
        self._take_means = tf.function(self._means, autograph=False)

    def _train_chunk(self, indices: tf.Tensor, learning_rates: tf.Tensor, count: tf.Tensor) -> None:
        """Sample what `count` steps need, and take them."""
        pixels, batches = self._images.pixels, indices
        noise = tf.zeros((self.chunk, *self._noise_shape))
        if self._noise_shape[0]:
            spec = tf.TensorSpec(self._noise_shape, tf.float32)
            noise = self._for_each_step(
                lambda _: self.model.sample_noise(self._noise_shape), count, spec
            )
        if self._images.is_changing:
            spec = tf.TensorSpec((self._batch_size, self._images.pixel_count), tf.uint8)
            sampled = self._for_each_step(
                lambda index: self._images_after(indices[index], index), count, spec
            )
            pixels = tf.reshape(sampled, (-1, self._images.pixel_count))
            batches = tf.reshape(tf.range(self.chunk * self._batch_size), indices.shape)
        labels = self._images.labels(indices)
        self._run_steps(pixels, batches, labels, noise, learning_rates, count)

    def _for_each_step(
        self, sample: Callable[[tf.Tensor], tf.Tensor], count: tf.Tensor, spec: tf.TensorSpec
    ) -> tf.Tensor:
        """Return what `sample` gives for the steps 0 to count - 1: (chunk, ...), padded."""
        samples = tf.map_fn(
            sample, tf.range(count), fn_output_signature=spec, parallel_iterations=1
        )
        # `_steps` is compiled for a whole chunk, however many steps it takes.
        padding = tf.zeros((self.chunk - count, *spec.shape), spec.dtype)
        return tf.ensure_shape(tf.concat([samples, padding], axis=0), (self.chunk, *spec.shape))

    def _steps(
        self,
        pixels: tf.Tensor,
        batches: tf.Tensor,
        labels: tf.Tensor | None,
        noise: tf.Tensor,
        learning_rates: tf.Tensor,
        count: tf.Tensor,
    ) -> None:
        """Take `count` steps: an argument, so that a short last chunk needs no compilation."""

        def step(index: tf.Tensor) -> tuple[tf.Tensor]:
            self._optimizer.learning_rate.assign(learning_rates[index])
            batch = tf.gather(pixels, batches[index])
            with self.model.fixed_noise(noise[index]):
                batch_labels = None if labels is None else labels[index]
                self.model.train_step(self._step_data(batch, batch_labels))
            return (index + 1,)

        tf.while_loop(lambda index: index < count, step, (tf.constant(0),))

    def _evaluate_batch(self, indices: tf.Tensor, start: tf.Tensor) -> None:
        batch = self._images.for_validation(indices, start)
        self.model.test_step(self._step_data(batch, self._images.labels(indices)))

    def _images_of_next_step(self, indices: tf.Tensor) -> tf.Tensor:
        return self._images_after(indices, tf.constant(0))

    def _images_after(self, indices: tf.Tensor, steps: tf.Tensor) -> tf.Tensor:
        """Return the images of a batch as the step that follows so many others gets them."""
        step = tf.cast(self._optimizer.iterations.value, tf.int32) + steps
        return self._images.at_step(indices, step)

    def _step_data(self, pixels: tf.Tensor, labels: tf.Tensor | None) -> tuple[Any, ...]:
        """Return what Keras takes for a step."""
        images = tf.reshape(to_floats(pixels), (-1, *self._image_shape))
        return self.model.step_data(images, labels)

    def _means(self) -> dict[str, tf.Tensor]:
        means = self.model.get_metrics_result()
        self.model.reset_metrics()
        return means
