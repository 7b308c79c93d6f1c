"""The fast inner loop: many Keras training steps inside one compiled call.

What a step does is Keras's own `train_step`; only the loop around it is ours, because `fit`
spends longer between the steps than in them (`make bench` prints the ratio). The pixels stay
uint8 until the few batches of one call are on their way into the network. Random numbers are drawn
for all steps of a call before it, because XLA has a generator of its own: other numbers, and ten
times slower. The sampling layer draws as ever; pixels that are to be black or white each time are
drawn from the seed and the number of the step alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from vae.data.binarisation import binarise
from vae.model.keras_setup import keras, tf
from vae.model.vae import VAE

__all__ = ["CHUNK", "Loop"]

CHUNK = 60  # steps in one call, at most
DRAWN_BYTES = 32 * 1024**2  # random numbers for one call, at most, or for one step
CALL_SECONDS = 0.2  # slow steps go in smaller calls, so that a pause is answered soon
EVALUATION_BATCH = 500


class Loop:
    """Runs steps of a compiled model on images that are addressed by their index.

    images: uint8 (N, H, W, C), held once. labels: (N,), which a conditional VAE needs.
    steps_at_once: how many a call should take; chunk: how many it can take.
    """

    def __init__(
        self, model: VAE, images: np.ndarray, batch_size: int, labels: np.ndarray | None = None
    ) -> None:
        self.model = model
        optimizer: keras.Optimizer = model.optimizer
        optimizer.build(model.trainable_variables)
        shape, config = images.shape[1:], model.config
        self._image_shape = shape
        sampled, seed = config.binarisation == "sampled", config.seed
        treated = images if sampled else binarise(images, config.binarisation)
        # Flat, because loops over an axis of length 1, the grey channel, are not vectorised.
        pixels = tf.constant(treated.reshape(len(images), -1))  # (N, HWC)
        classes = tf.constant(labels, tf.int32) if model.classes else None  # (N,)
        codes = config.importance_samples * batch_size if config.is_variational else 0
        noise_spec = tf.TensorSpec((codes, config.latent_dim), tf.float32)
        drawn_spec = tf.TensorSpec((batch_size, pixels.shape[1]), tf.uint8)
        drawn_bytes = 4 * codes * config.latent_dim + sampled * batch_size * pixels.shape[1]
        chunk = int(np.clip(DRAWN_BYTES // max(drawn_bytes, 1), 1, CHUNK))
        self.chunk = self.steps_at_once = chunk

        def floats(images: tf.Tensor) -> tf.Tensor:
            return tf.cast(images, tf.float32) / 255.0

        def labels_of(indices: tf.Tensor) -> tf.Tensor | None:
            return None if classes is None else tf.gather(classes, indices)

        def data(pixels: tf.Tensor, labels: tf.Tensor | None) -> tuple[Any]:
            images = tf.reshape(floats(pixels), (-1, *shape))
            return (model.with_labels(images, labels),)  # what Keras takes for x, without any y

        def draw(indices: tf.Tensor, *key: Any) -> tf.Tensor:
            grey = floats(tf.gather(pixels, indices))
            random = tf.random.stateless_uniform(tf.shape(grey), tf.stack(key), alg="philox")
            return 255 * tf.cast(random < grey, tf.uint8)

        def sample_ahead(indices: tf.Tensor, ahead: tf.Tensor | int) -> tf.Tensor:
            # The number of the step is in every checkpoint, so a run that goes on draws the same.
            return draw(indices, seed, tf.cast(optimizer.iterations.value, tf.int32) + ahead)

        # XLA fuses the element-wise work of a dense step; convolutions run faster without it.
        # The number of steps is an argument, so that a short last chunk needs no new compilation.
        # Without autograph: it writes source files that a killed process leaves behind.
        @tf.function(jit_compile=config.network == "dense", autograph=False)
        def steps(
            source: tf.Tensor,
            batches: tf.Tensor,
            labels: tf.Tensor | None,
            noise: tf.Tensor,
            learning_rates: tf.Tensor,
            count: tf.Tensor,
        ) -> None:
            def step(place: tf.Tensor) -> tuple[tf.Tensor]:
                optimizer.learning_rate.assign(learning_rates[place])
                batch = tf.gather(source, batches[place])
                with model.sampling.fixed_noise(noise[place]):
                    model.train_step(data(batch, None if labels is None else labels[place]))
                return (place + 1,)

            tf.while_loop(lambda place: place < count, step, (tf.constant(0),))

        def for_each_step(
            draw: Callable[[tf.Tensor], tf.Tensor], count: tf.Tensor, spec: tf.TensorSpec
        ) -> tf.Tensor:
            drawn = tf.map_fn(
                draw, tf.range(count), fn_output_signature=spec, parallel_iterations=1
            )
            # `steps` is compiled for a whole chunk, however many steps it takes.
            drawn = tf.pad(drawn, [(0, chunk - count), *[(0, 0)] * len(spec.shape)])
            return tf.ensure_shape(drawn, (chunk, *spec.shape))

        @tf.function(
            autograph=False,
            input_signature=[
                tf.TensorSpec((chunk, batch_size), tf.int32),
                tf.TensorSpec((chunk,), tf.float32),
                tf.TensorSpec((), tf.int32),
            ],
        )
        def train(indices: tf.Tensor, learning_rates: tf.Tensor, count: tf.Tensor) -> None:
            source, batches, noise = pixels, indices, tf.zeros((chunk, *noise_spec.shape))
            if config.is_variational:
                noise = for_each_step(
                    lambda _: model.sampling.epsilon(noise_spec.shape), count, noise_spec
                )
            if sampled:
                drawn = for_each_step(
                    lambda ahead: sample_ahead(indices[ahead], ahead), count, drawn_spec
                )
                source = tf.reshape(drawn, (-1, pixels.shape[1]))
                batches = tf.reshape(tf.range(chunk * batch_size), (chunk, batch_size))
            steps(source, batches, labels_of(indices), noise, learning_rates, count)

        @tf.function(
            autograph=False,
            input_signature=[tf.TensorSpec((None,), tf.int32), tf.TensorSpec((), tf.int32)],
        )
        def evaluate(indices: tf.Tensor, place: tf.Tensor) -> None:
            # The same draw in every epoch, so that the curve moves with the model alone.
            batch = draw(indices, ~seed, place) if sampled else tf.gather(pixels, indices)
            model.test_step(data(batch, labels_of(indices)))

        @tf.function(autograph=False, input_signature=[tf.TensorSpec((None,), tf.int32)])
        def look(indices: tf.Tensor) -> tf.Tensor:
            return sample_ahead(indices, 0) if sampled else tf.gather(pixels, indices)

        @tf.function(autograph=False)
        def take() -> dict[str, tf.Tensor]:
            means = model.get_metrics_result()
            model.reset_metrics()
            return means

        self._train, self._evaluate, self._look, self._take = train, evaluate, look, take

    def train(self, indices: np.ndarray, learning_rates: np.ndarray) -> None:
        """Take one step for each of at most `chunk` rows of indices (steps, batch), int32."""
        count = len(indices)
        padding = self.chunk - count
        indices = np.pad(indices, ((0, padding), (0, 0)))
        began = time.perf_counter()
        self._train(indices, np.pad(learning_rates, (0, padding)), tf.constant(count))
        per_step = (time.perf_counter() - began) / count
        self.steps_at_once = int(np.clip(CALL_SECONDS / per_step, 1, self.chunk))

    def images(self, indices: np.ndarray) -> np.ndarray:
        """Return these images as the next step would see them: uint8 (n, H, W, C)."""
        images = self._look(indices).numpy()
        return images.reshape(len(indices), *self._image_shape)

    def evaluate(self, indices: np.ndarray) -> dict[str, Any]:
        """Return the means of loss and parts over these images, in nats per image."""
        self.model.reset_metrics()
        for start in range(0, len(indices), EVALUATION_BATCH):
            self._evaluate(indices[start : start + EVALUATION_BATCH], start)
        return self.results()

    def results(self) -> dict[str, Any]:
        """Return the means since the last call as plain numbers, and start anew."""
        return {name: value.numpy().tolist() for name, value in self._take().items()}
