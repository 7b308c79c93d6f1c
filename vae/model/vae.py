"""The variational autoencoder as a Keras model: `compile` and `fit` work as on any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vae.architecture import FIRST_PIXEL_LOG_VAR, ImageShape
from vae.config import Config
from vae.model.keras_setup import check_settings, keras, ops, random, tf
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

__all__ = ["VAE", "Sampling", "build"]


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
class VAE(keras.Model):
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
        check_settings()
        super().__init__(name=name)
        self.config = config
        self.image_shape = image_shape
        self.classes = classes if config.is_conditional else 0
        self.encoder = build_encoder(config, image_shape, classes)
        self.decoder = build_decoder(config, image_shape, classes)
        self.decoder_logits = logits_of(self.decoder)
        self.sampling = Sampling(config.seed, name="sampling")
        # Plain TensorFlow variables: they can change between steps without a new trace, and are
        # no parameters that Keras would count or save.
        self.beta = _scalar(config.beta, "beta")
        self.noise = _scalar(config.noise, "noise")
        self.capacity = _scalar(config.capacity, "capacity")
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

    def get_config(self) -> dict[str, Any]:
        """Return what makes a model like this one, as Keras's files hold it."""
        return {
            "config": self.config.to_dict(),
            "image_shape": list(self.image_shape),
            "classes": self.classes,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> VAE:
        """Make a model of what `get_config` returned."""
        model = Config.from_dict(config["config"])
        return cls(model, tuple(config["image_shape"]), config["classes"], config["name"])

    def with_labels(self, inputs: Any, labels: Any, copies: int = 1) -> Any:
        """Return images or codes as the networks take them: with labels, if they are conditional.

        labels: whole numbers (N,). copies: of all labels, set after set, for as many inputs.
        """
        if not self.classes:
            return inputs
        one_hot = ops.one_hot(labels, self.classes)
        inputs = ops.convert_to_tensor(inputs)
        return [inputs, ops.tile(one_hot, (copies, 1)) if copies > 1 else one_hot]

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
        z = self.sampling(mean, log_var, noise=noise) if self.config.is_variational else mean
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
        if not self.config.is_variational:
            kl = ops.zeros_like(kl)  # a point has no posterior, so there is nothing to weigh
        if "z" in outputs:
            z = outputs["z"]
            samples = z.shape[0]
            nats = self.reconstruction_nats(ops.tile(images, (samples, 1, 1, 1)), logits)
            nats = ops.reshape(nats, (samples, -1))
            bounds = importance_weighted_nats(nats, z, mean, log_var, self.beta)
            return ops.mean(bounds), ops.mean(nats, axis=0), kl
        reconstruction = self.reconstruction_nats(images, logits)
        if self.config.free_bits and self.config.is_variational:
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
        z = mean + ops.exp(0.5 * log_var) * epsilon if self.config.is_variational else mean
        nats = self.reconstruction_nats(images, self.decoder_logits(self.with_labels(z, labels)))
        return nats, gaussian_kl(mean, log_var), mean, log_var

    def reconstruction_nats(self, images: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return -log p(image | z) under the likelihood of the configuration: (N,) nats."""
        if self.pixel_log_var is not None:
            return gaussian_nats(images, logits, self.pixel_log_var)
        if self.config.likelihood == "continuous_bernoulli":
            return continuous_bernoulli_nats(images, logits)
        return reconstruction_nats(images, logits)


def build(config: Config, image_shape: ImageShape, classes: int = 0) -> VAE:
    """Build the networks of a configuration for images of this shape (H, W, C).

    classes: of the data set, which a conditional VAE needs. Raises ConfigError if the layers do
    not fit the images or the classes.
    """
    shape: Any = tuple(image_shape)  # as JSON has it, too; the layers check it
    return VAE(config, shape, classes)


def _scalar(value: float, name: str) -> tf.Variable:
    return tf.Variable(tf.constant(value, "float32"), trainable=False, name=name)


def _beside(z: tf.Tensor, inputs: Any, copies: int = 1) -> Any:
    """Return codes as the decoder takes them: with the labels that came with the images, if any."""
    if not isinstance(inputs, list | tuple):
        return z
    return [z, ops.tile(inputs[1], (copies, 1)) if copies > 1 else inputs[1]]
