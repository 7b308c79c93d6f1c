"""The variational autoencoder as a Keras model: `compile` and `fit` work as on any other."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from vae.architecture import ImageShape
from vae.config import Config
from vae.networks import build_decoder, build_encoder, logits_of
from vae.objective import gaussian_kl, reconstruction_nats

__all__ = ["VAE", "Sampling", "build"]


class Sampling(keras.layers.Layer):
    """Draw z = mean + noise * exp(log_var / 2) * epsilon, epsilon ~ N(0, I).

    The reparametrisation of Kingma & Welling 2014, with a temperature that is 1 there.
    """

    def __init__(self, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(
        self, mean: keras.KerasTensor, log_var: keras.KerasTensor, noise: Any = 1.0
    ) -> keras.KerasTensor:
        """Return z (N, d) for mean and log_var (N, d)."""
        return mean + noise * ops.exp(0.5 * log_var) * self.epsilon(ops.shape(mean))  # (N, d)

    def epsilon(self, shape: Any) -> keras.KerasTensor:
        """Draw epsilon; the layer's own random state moves on."""
        return keras.random.normal(shape, seed=self.seed_generator)


class MeanVector(keras.metrics.Metric):
    """The running mean of a vector over images: (d,)."""

    def __init__(self, size: int, name: str) -> None:
        super().__init__(name=name)
        self.total = self.add_variable((size,), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: keras.KerasTensor) -> None:
        """Add vectors (N, d)."""
        self.total.assign_add(ops.sum(values, axis=0))
        self.count.assign_add(ops.cast(ops.shape(values)[0], "float32"))

    def result(self) -> keras.KerasTensor:
        """Return the mean (d,)."""
        return ops.divide_no_nan(self.total, self.count)


class VAE(keras.Model):
    """Encoder, sampling and decoder, trained on reconstruction + beta * kl in nats per image.

    encoder: images in [0, 1] (N, H, W, C) -> mean (N, d), log_var (N, d)
    decoder: z (N, d) -> images in [0, 1] (N, H, W, C)
    """

    def __init__(self, config: Config, image_shape: ImageShape) -> None:
        super().__init__(name="vae")
        self.config = config
        self.encoder = build_encoder(config, image_shape)
        self.decoder = build_decoder(config, image_shape)
        self.decoder_logits = logits_of(self.decoder)
        self.sampling = Sampling(config.seed, name="sampling")
        # Plain TensorFlow variables: they can change between steps without a new trace, and are
        # no parameters that Keras would count or save.
        self.beta = tf.Variable(config.beta, trainable=False, dtype="float32", name="beta")
        self.noise = tf.Variable(config.noise, trainable=False, dtype="float32", name="noise")
        self.reconstruction = keras.metrics.Mean(name="reconstruction")
        self.kl = keras.metrics.Mean(name="kl")
        self.kl_per_dimension = MeanVector(config.latent_dim, name="kl_per_dimension")
        self.built = True

    def call(
        self, images: keras.KerasTensor, training: bool = False
    ) -> dict[str, keras.KerasTensor]:
        """Return logits (N, H, W, C) of one sample from each posterior, mean and log_var (N, d).

        The noise has its temperature in training alone: validation measures the true posterior.
        """
        mean, log_var = self.encoder(images)
        noise = self.noise if training else 1.0
        z = mean if self.config.kind == "autoencoder" else self.sampling(mean, log_var, noise=noise)
        return {"logits": self.decoder_logits(z), "mean": mean, "log_var": log_var}

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> keras.KerasTensor:
        """Return the loss in nats per image, a scalar; its parts go into the metrics."""
        reconstruction = reconstruction_nats(x, y_pred["logits"])  # (N,)
        kl = gaussian_kl(y_pred["mean"], y_pred["log_var"])  # (N, d)
        if self.config.kind == "autoencoder":
            kl = ops.zeros_like(kl)  # a point has no posterior, so there is nothing to weigh
        self.reconstruction.update_state(reconstruction)
        self.kl.update_state(ops.sum(kl, axis=1))
        self.kl_per_dimension.update_state(kl)
        return ops.mean(reconstruction) + self.beta * ops.mean(ops.sum(kl, axis=1))


def build(config: Config, image_shape: ImageShape) -> VAE:
    """Build the networks of a configuration for images of this shape (H, W, C).

    Raises ConfigError if the layers do not fit the images.
    """
    return VAE(config, tuple(image_shape))
