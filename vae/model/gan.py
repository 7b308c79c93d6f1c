"""A generative adversarial network as a Keras model: the decoder against a discriminator."""

from __future__ import annotations

from typing import Any, NamedTuple

from vae.config import Config
from vae.layers import ImageShape
from vae.model.base import scalar
from vae.model.keras_setup import keras, ops, tf
from vae.model.networks import build_decoder, build_discriminator, logits_of
from vae.model.pixels import to_floats
from vae.model.sampling import Sampling, SamplingModel

__all__ = ["GAN", "Gradients", "Scores"]


class Scores(NamedTuple):
    """The logits of D at real images and at images of codes: (N, 1) each."""

    real: tf.Tensor
    fake: tf.Tensor

    @property
    def generator_loss(self) -> tf.Tensor:
        """What G lowers: -log D(G(z)), in nats per image."""
        return ops.mean(ops.softplus(-self.fake))

    @property
    def discriminator_loss(self) -> tf.Tensor:
        """What D lowers, without the penalty: -log D(x) - log(1 - D(G(z))), in nats per image."""
        return ops.mean(ops.softplus(-self.real)) + ops.mean(ops.softplus(self.fake))


class Gradients(NamedTuple):
    """The gradients of both losses, each by the weights of its own network; scores: of the step."""

    decoder: list[Any]
    discriminator: list[Any]
    scores: Scores


@keras.saving.register_keras_serializable(package="vae")
class GAN(SamplingModel):
    """A generator G, which is the decoder, and a discriminator D (Goodfellow et al. 2014).

    decoder: z (N, d), samples of N(0, I) -> images in [0, 1] (N, H, W, C)
    discriminator: images -> D(x) (N, 1), the probability that an image is a real one.
    G lowers its non-saturating loss, -log D(G(z)), and D lowers -log D(x) - log(1 - D(G(z))), in
    nats per image. D also lowers gradient_penalty / 2 * |grad logit D(x)|^2 at real images: with
    this R1 penalty training converges (Mescheder et al. 2018). Both networks take their steps at
    once, from the same images, so that each image is made once.

    One optimizer has the weights of both: it treats each weight on its own, so it is the same as
    two. A conditional GAN (Mirza & Osindero 2014) takes labels as a conditional VAE does.
    """

    def __init__(
        self, config: Config, image_shape: ImageShape, classes: int = 0, name: str = "gan"
    ) -> None:
        super().__init__(config, image_shape, classes if config.conditional else 0, name)
        self.decoder = build_decoder(config, image_shape, classes)
        self.discriminator = build_discriminator(config, image_shape, classes)
        self.networks = {"decoder": self.decoder, "discriminator": self.discriminator}
        self.discriminator_logits = logits_of(self.discriminator)
        self.sampling = Sampling(config.seed, name="sampling")
        self.gradient_penalty = scalar(config.gradient_penalty, "gradient_penalty")
        self.discriminator_loss = keras.metrics.Mean(name="discriminator_loss")
        self.d_real = keras.metrics.Mean(name="d_real")
        self.d_fake = keras.metrics.Mean(name="d_fake")
        self.built = True

    def step_data(self, images: tf.Tensor, labels: tf.Tensor | None) -> tuple[Any]:
        """Return what Keras takes for x: real images, and their labels where it gets any."""
        return (self.with_labels(images, labels),)

    @property
    def noise_shape(self) -> tuple[int, int]:
        """One z for each image."""
        return 1, self.config.latent_dim

    def set_schedule(self, settings: Config, beta: float, capacity: float) -> None:
        """Set the weight of the penalty from the next step on."""
        self.gradient_penalty.assign(settings.gradient_penalty)

    def call(self, inputs: Any, training: bool = False) -> tf.Tensor:
        """Return the images of codes: as the decoder takes them."""
        return self.decoder(inputs, training=training)

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """Take a step of both networks on a batch of real images, as Keras calls it."""
        inputs = _inputs_of(data)
        gradients = self.gradients(inputs, self._codes_for(inputs))
        variables = [*self.decoder.trainable_weights, *self.discriminator.trainable_weights]
        self.optimizer.apply([*gradients.decoder, *gradients.discriminator], variables)
        self._measure(gradients.scores)
        return self.get_metrics_result()

    def test_step(self, data: Any) -> dict[str, tf.Tensor]:
        """Measure a batch of real images, as Keras calls it."""
        inputs = _inputs_of(data)
        self._measure(self.scores(inputs, self._codes_for(inputs)))
        return self.get_metrics_result()

    def scores(self, inputs: Any, z: tf.Tensor) -> Scores:
        """Return what D makes of real images, as the networks take them, and of codes (N, d)."""
        _, *label = _parts(inputs)
        fake = self.decoder(_together(z, label))
        return Scores(
            self.discriminator_logits(inputs), self.discriminator_logits(_together(fake, label))
        )

    def gradients(self, inputs: Any, z: tf.Tensor) -> Gradients:
        """Return the gradients of a step with these real images and codes (N, d)."""
        images, *label = _parts(inputs)
        with tf.GradientTape(persistent=True) as tape:
            with tf.GradientTape() as at_images:
                at_images.watch(images)
                real = self.discriminator_logits(_together(images, label), training=True)
            fake_images = self.decoder(_together(z, label), training=True)
            fake = self.discriminator_logits(_together(fake_images, label), training=True)
            scores = Scores(real, fake)
            generator_loss, discriminator_loss = scores.generator_loss, scores.discriminator_loss
            slopes = _squared_norms(at_images.gradient(real, images))
            discriminator_loss += 0.5 * self.gradient_penalty * ops.mean(slopes)
        return Gradients(
            tape.gradient(generator_loss, self.decoder.trainable_weights),
            tape.gradient(discriminator_loss, self.discriminator.trainable_weights),
            scores,
        )

    def _measure(self, scores: Scores) -> None:
        """Add a batch to the metrics."""
        self._loss_tracker.update_state(scores.generator_loss)
        self.discriminator_loss.update_state(scores.discriminator_loss)
        self.d_real.update_state(ops.sigmoid(scores.real))
        self.d_fake.update_state(ops.sigmoid(scores.fake))

    # Traced once for a model, however often it is evaluated. Without autograph, which writes
    # source files that a killed process leaves behind.
    @tf.function(reduce_retracing=True, autograph=False)
    def scores_of_pixels(self, pixels: tf.Tensor, labels: tf.Tensor, z: tf.Tensor) -> Scores:
        """Return what `scores` does of pixels, uint8 (N, H, W, C), and labels (N,)."""
        return self.scores(self.with_labels(to_floats(pixels), labels), z)

    def plain(self) -> keras.Model:
        """Return codes -> image and D of it, as a model of Keras's own layers alone.

        That of a conditional GAN takes a list: codes, and labels as one-hot vectors (N, classes).
        """
        inputs = [keras.Input(each.shape[1:], name=each.name) for each in self.decoder.inputs]
        _, *label = inputs
        image = self.decoder(inputs if label else inputs[0])
        outputs = {"image": image, "probability": self.discriminator(_together(image, label))}
        return keras.Model(inputs if label else inputs[0], outputs, name="gan")

    def _codes_for(self, inputs: Any) -> tf.Tensor:
        """Sample z (N, d), one for each image."""
        return self.sampling.epsilon((ops.shape(_parts(inputs)[0])[0], self.config.latent_dim))


def _inputs_of(data: Any) -> Any:
    return keras.utils.unpack_x_y_sample_weight(data)[0]


def _parts(inputs: Any) -> list[tf.Tensor]:
    """Return images, and behind them labels where there are any."""
    return [*inputs] if isinstance(inputs, list | tuple) else [inputs]


def _together(inputs: Any, label: list[Any]) -> Any:
    return [inputs, *label] if label else inputs


def _squared_norms(gradients: Any) -> tf.Tensor:
    """Return |g|^2 of each image's gradient (N, H, W, C): (N,)."""
    return ops.sum(ops.square(gradients), axis=(1, 2, 3))
