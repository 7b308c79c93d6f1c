"""The variational autoencoder as a Keras model: `compile` and `fit` work as on any other."""

from __future__ import annotations

import math
from typing import Any

from vae.architecture import FIRST_PIXEL_LOG_VAR
from vae.config import Config
from vae.layers import ImageShape
from vae.model.base import scalar
from vae.model.keras_setup import keras, ops, tf
from vae.model.networks import build_decoder, build_encoder, logits_of
from vae.model.objective import (
    capacity_gap,
    continuous_bernoulli_nats,
    free_kl,
    gaussian_kl,
    gaussian_nats,
    importance_weighted_nats,
    reconstruction_nats,
)
from vae.model.pixels import to_floats
from vae.model.sampling import Sampling, SamplingModel

__all__ = ["VAE"]


class MeanVector(keras.metrics.Metric):
    """The running mean of a vector over images: (d,)."""

    def __init__(self, size: int, name: str) -> None:
        super().__init__(name=name)
        self.total = self.add_variable((size,), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, values: tf.Tensor) -> None:
        """Add vectors (N, d)."""
        self.total.assign_add(ops.sum(values, axis=0))
        self.count.assign_add(ops.cast(ops.shape(values)[0], "float32"))

    def result(self) -> tf.Tensor:
        """Return the mean (d,)."""
        return ops.divide_no_nan(self.total, self.count)


@keras.saving.register_keras_serializable(package="vae")
class VAE(SamplingModel):
    """Encoder, sampling and decoder, trained on reconstruction + beta * kl in nats per image.

    encoder: images in [0, 1] (N, H, W, C) -> mean (N, d), log_var (N, d)
    decoder: z (N, d) -> images in [0, 1] (N, H, W, C): the mean of each pixel, or the parameter
    of the continuous Bernoulli. pixel_log_var: the Gaussian likelihood's log-variance, learned.
    A conditional VAE (Sohn et al. 2015) and its networks take a list: that, and labels as one-hot
    vectors (N, classes), see `with_labels`; all its quantities are then given the label. classes:
    as in `encoder_layers`.
    """

    def __init__(
        self, config: Config, image_shape: ImageShape, classes: int = 0, name: str = "vae"
    ) -> None:
        super().__init__(config, image_shape, classes if config.conditional else 0, name)
        self.encoder = build_encoder(config, image_shape, classes)
        self.decoder = build_decoder(config, image_shape, classes)
        self.networks = {"encoder": self.encoder, "decoder": self.decoder}
        self.decoder_logits = logits_of(self.decoder)
        self.sampling = Sampling(config.seed, name="sampling")
        self.beta = scalar(config.beta, "beta")
        self.noise = scalar(config.noise, "noise")
        self.capacity = scalar(config.capacity, "capacity")
        self.pixel_log_var: keras.Variable | None = None
        if config.likelihood == "gaussian":
            constant = keras.initializers.Constant(FIRST_PIXEL_LOG_VAR)
            self.pixel_log_var = self.add_weight(
                shape=(), initializer=constant, name="pixel_log_var"
            )
        self.reconstruction = keras.metrics.Mean(name="reconstruction")
        self.kl = keras.metrics.Mean(name="kl")
        self.kl_per_dimension = MeanVector(config.latent_dim, name="kl_per_dimension")
        self.built = True

    def step_data(self, images: tf.Tensor, labels: tf.Tensor | None) -> tuple[Any]:
        """Return what Keras takes for x, without any y: a step is about the images alone."""
        return (self.with_labels(images, labels),)

    @property
    def noise_shape(self) -> tuple[int, int]:
        """How many epsilon of which size a step takes for each image; none of an autoencoder."""
        samples = self.config.importance_samples if self.config.has("posterior") else 0
        return samples, self.config.latent_dim

    def set_schedule(self, settings: Config, beta: float, capacity: float) -> None:
        """Set what weighs the KL and the noise from the next step on."""
        self.beta.assign(beta)
        self.noise.assign(settings.noise)
        self.capacity.assign(capacity)

    def row_extras(self) -> dict[str, float]:
        """Return the standard deviation of a Gaussian likelihood, which is learned."""
        if self.pixel_log_var is None:
            return {}
        return {"pixel_deviation": math.exp(0.5 * float(self.pixel_log_var))}

    def plain(self) -> keras.Model:
        """Return images -> reconstruction, mean, log_var, as a model of Keras's own layers alone.

        That of a conditional VAE takes a list: images, and labels as one-hot vectors (N, classes).
        With a Gaussian likelihood there is a fourth output, pixel_log_var: the log-variance around
        the reconstruction, the same in all pixels.
        """
        inputs = [keras.Input(each.shape[1:], name=each.name) for each in self.encoder.inputs]
        image, *label = inputs
        mean, log_var = self.encoder(inputs if label else image)
        reconstruction = self.decoder([mean, *label] if label else mean)
        outputs = {"reconstruction": reconstruction, "mean": mean, "log_var": log_var}
        if self.pixel_log_var is not None:
            constant = keras.layers.Rescaling(
                0.0, offset=float(self.pixel_log_var), name="pixel_log_var"
            )
            outputs["pixel_log_var"] = constant(outputs["reconstruction"])
        return keras.Model(inputs if label else image, outputs, name="vae")

    def take_weights(self, saved: keras.Model) -> None:
        """Take the weights of what `plain` returned; raises ValueError for another model."""
        super().take_weights(saved)
        if self.pixel_log_var is not None:
            self.pixel_log_var.assign(saved.get_layer("pixel_log_var").offset)

    def call(self, inputs: Any, training: bool = False) -> dict[str, tf.Tensor]:
        """Return logits (N, H, W, C) of one sample from each posterior, mean and log_var (N, d).

        inputs: as the encoder takes them. The noise has its temperature in training alone:
        validation measures the true posterior.
        With k importance samples there are, in training, z (k, N, d) and logits (kN, H, W, C).
        """
        mean, log_var = self.encoder(inputs)
        noise = self.noise if training else 1.0
        if training and self.config.importance_samples > 1:
            samples = self.config.importance_samples
            z = self.sampling(*(ops.tile(a, (samples, 1)) for a in (mean, log_var)), noise=noise)
            logits = self.decoder_logits(_beside(z, inputs, samples))
            outputs = {"logits": logits, "mean": mean, "log_var": log_var}
            return outputs | {"z": ops.reshape(z, (samples, -1, self.config.latent_dim))}
        z = self.sampling(mean, log_var, noise=noise) if self.config.has("posterior") else mean
        logits = self.decoder_logits(_beside(z, inputs))
        return {"logits": logits, "mean": mean, "log_var": log_var}

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> tf.Tensor:
        """Return the loss in nats per image, a scalar; its parts go into the metrics."""
        images = x[0] if self.classes else x
        loss, reconstruction, kl = self.costs(images, y_pred)
        self.reconstruction.update_state(reconstruction)
        self.kl.update_state(ops.sum(kl, axis=1))
        self.kl_per_dimension.update_state(kl)
        return loss

    def costs(
        self, images: tf.Tensor, outputs: dict[str, tf.Tensor]
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return what the optimizer lowers, a scalar, and reconstruction (N,) and kl (N, d).

        outputs: of `call`. The reconstruction is the mean over importance samples.
        """
        mean, log_var, logits = (outputs[name] for name in ("mean", "log_var", "logits"))
        kl = gaussian_kl(mean, log_var)
        if not self.config.has("posterior"):
            kl = ops.zeros_like(kl)  # a point has no posterior, so there is nothing to weigh
        if "z" in outputs:
            z = outputs["z"]
            samples = z.shape[0]
            nats = self.reconstruction_nats(ops.tile(images, (samples, 1, 1, 1)), logits)
            nats = ops.reshape(nats, (samples, -1))
            bounds = importance_weighted_nats(nats, z, mean, log_var, self.beta)
            return ops.mean(bounds), ops.mean(nats, axis=0), kl
        reconstruction = self.reconstruction_nats(images, logits)
        if self.config.free_bits:
            weighed = free_kl(kl, self.config.free_bits)
        elif self.config.capacity:
            weighed = capacity_gap(kl, self.capacity)
        else:
            weighed = ops.mean(ops.sum(kl, axis=1))
        return ops.mean(reconstruction) + self.beta * weighed, reconstruction, kl

    # Traced once for a model, however often it is evaluated. Without autograph, which writes
    # source files that a killed process leaves behind.
    @tf.function(reduce_retracing=True, autograph=False)
    def bound_terms(
        self, pixels: tf.Tensor, labels: tf.Tensor, epsilon: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return what the ELBO is made of: reconstruction (N,), kl, mean and log_var (N, d).

        pixels: uint8 (N, H, W, C). epsilon: (N, d), the noise of one sample an image.
        """
        images = to_floats(pixels)
        mean, log_var = self.encoder(self.with_labels(images, labels))
        z = mean + ops.exp(0.5 * log_var) * epsilon if self.config.has("posterior") else mean
        nats = self.reconstruction_nats(images, self.decoder_logits(self.with_labels(z, labels)))
        return nats, gaussian_kl(mean, log_var), mean, log_var

    def reconstruction_nats(self, images: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return -log p(image | z) under the likelihood of the configuration: (N,) nats."""
        if self.pixel_log_var is not None:
            return gaussian_nats(images, logits, self.pixel_log_var)
        if self.config.likelihood == "continuous_bernoulli":
            return continuous_bernoulli_nats(images, logits)
        return reconstruction_nats(images, logits)


def _beside(z: tf.Tensor, inputs: Any, copies: int = 1) -> Any:
    """Return codes as the decoder takes them: with the labels that came with the images, if any."""
    if not isinstance(inputs, list | tuple):
        return z
    return [z, ops.tile(inputs[1], (copies, 1)) if copies > 1 else inputs[1]]
