"""Gaussian noise as a layer of a model, sampled from its seed or given from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from vae.model.base import Model
from vae.model.keras_setup import keras, ops, random, tf

__all__ = ["Sampling", "SamplingModel"]


class Sampling(keras.layers.Layer):
    """Sample z = mean + noise * exp(log_var / 2) * epsilon, epsilon ~ N(0, I).

    The reparametrisation of Kingma & Welling 2014, with a temperature that is 1 there.
    """

    def __init__(self, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(seed)
        self._epsilon: tf.Tensor | None = None

    def call(self, mean: tf.Tensor, log_var: tf.Tensor, noise: Any = 1.0) -> tf.Tensor:
        """Return z (N, d) for mean and log_var (N, d)."""
        return mean + noise * ops.exp(0.5 * log_var) * self.epsilon(ops.shape(mean))  # (N, d)

    def epsilon(self, shape: Any) -> tf.Tensor:
        """Sample epsilon; the layer's own random state moves on."""
        if self._epsilon is not None:
            return self._epsilon
        return random.normal(shape, seed=self.seed_generator)

    @contextmanager
    def fixed_noise(self, epsilon: tf.Tensor) -> Iterator[None]:
        """Use this epsilon in what is called within, and sample none."""
        self._epsilon = epsilon
        try:
            yield
        finally:
            self._epsilon = None


class SamplingModel(Model):
    """A model whose steps sample noise: a VAE's epsilon, or a GAN's codes."""

    sampling: Sampling

    def sample_noise(self, shape: tuple[int, int]) -> tf.Tensor:
        """Sample it; the random state of the model moves on."""
        return self.sampling.epsilon(shape)

    def fixed_noise(self, noise: tf.Tensor) -> AbstractContextManager[None]:
        """Use this noise in what is called within, and sample none."""
        return self.sampling.fixed_noise(noise)

    @property
    def random_states(self) -> list[keras.Variable]:
        """The state of the sampling layer's random generator."""
        return [self.sampling.seed_generator.state]
