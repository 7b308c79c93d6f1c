"""A classifier of images as a Keras model: p(y | x), trained on its cross-entropy."""

from __future__ import annotations

from typing import Any

from vae.config import Config
from vae.layers import ImageShape
from vae.model.base import Model
from vae.model.keras_setup import keras, ops, tf
from vae.model.networks import build_classifier, logits_of
from vae.model.pixels import to_floats

__all__ = ["Classifier"]


@keras.saving.register_keras_serializable(package="vae")
class Classifier(Model):
    """Images in [0, 1] (N, H, W, C) and labels (N,), trained on -log p(label | image).

    classifier: images -> probabilities (N, classes). The loss is the mean cross-entropy, in nats
    per image. classes: as in `classifier_layers`.
    """

    def __init__(
        self, config: Config, image_shape: ImageShape, classes: int, name: str = "classifier_model"
    ) -> None:
        super().__init__(config, image_shape, classes, name)
        self.classifier = build_classifier(config, image_shape, classes)
        self.networks = {"classifier": self.classifier}
        self.logits = logits_of(self.classifier)
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> tf.Tensor:
        """Return logits (N, classes), whose softmax is p(y | x)."""
        return self.logits(inputs, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> tf.Tensor:
        """Return the mean cross-entropy, in nats per image; the accuracy goes into its metric."""
        self.accuracy.update_state(y, y_pred)
        return _cross_entropy(y, y_pred)

    def loss_of(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Return the mean cross-entropy of images in [0, 1] (N, H, W, C), in nats per image."""
        return _cross_entropy(y, self(x, training=True))

    # Traced once for a model, however often it is evaluated. Without autograph, which writes
    # source files that a killed process leaves behind.
    @tf.function(reduce_retracing=True, autograph=False)
    def logits_of_pixels(self, pixels: tf.Tensor) -> tf.Tensor:
        """Return the logits (N, classes) of pixels, uint8 (N, H, W, C)."""
        return self(to_floats(pixels))

    def step_data(self, images: tf.Tensor, labels: tf.Tensor | None) -> tuple[Any, Any]:
        """Return what Keras takes for x and y."""
        return images, labels

    def plain(self) -> keras.Model:
        """Return images -> probabilities (N, classes), as a model of Keras's own layers alone."""
        image = keras.Input(self.image_shape, name="image")
        return keras.Model(image, self.classifier(image), name=self.name)


def _cross_entropy(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    nats = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    return ops.mean(nats)
