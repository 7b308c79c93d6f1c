"""One training step, taken apart: every quantity it passes through, on real values."""

from __future__ import annotations

from typing import Any

import numpy as np

from vae.images import to_uint8
from vae.model.keras_setup import keras, ops, tf
from vae.model.vae import VAE

__all__ = ["EXAMPLES", "StepTrace"]

EXAMPLES = 8  # images of the batch that are shown


class StepTrace:
    """Looks at a step of a compiled model that is about to be taken, and changes nothing."""

    def __init__(self, model: VAE) -> None:
        self.model = model
        samples, latent_dim = model.config.importance_samples, model.config.latent_dim

        def draw(count: int) -> tf.Tensor:
            """Draw what the next step will draw; the random state stays as it was."""
            state = model.sampling.seed_generator.state
            kept = tf.identity(state.value)
            epsilon = model.sampling.epsilon((samples * count, latent_dim))
            state.assign(kept)
            return epsilon

        @tf.function(autograph=False, reduce_retracing=True)
        def differentiate(
            images: tf.Tensor, labels: tf.Tensor | None, epsilon: tf.Tensor
        ) -> tuple[Any, ...]:
            with tf.GradientTape() as tape:
                mean, log_var = model.encoder(model.with_labels(images, labels), training=True)
                z = mean
                if model.config.is_variational:
                    means, log_vars = (ops.tile(a, (samples, 1)) for a in (mean, log_var))
                    z = means + model.noise * ops.exp(0.5 * log_vars) * epsilon
                logits = model.decoder_logits(model.with_labels(z, labels, samples), training=True)
                parts = {"mean": mean, "log_var": log_var, "logits": logits}
                if samples > 1:
                    parts["z"] = ops.reshape(z, (samples, -1, z.shape[-1]))
                loss, nats, kl = model.costs(images, parts)
            gradients = tape.gradient(loss, model.trainable_weights)
            parts["z"] = z
            return loss, gradients, parts | {"reconstruction_nats": nats, "kl": kl}

        # All in one graph: it is measured ten times an epoch.
        @tf.function(autograph=False)
        def norm(images: tf.Tensor, labels: tf.Tensor | None) -> tf.Tensor:
            _, gradients, _ = differentiate(_floats(images), labels, draw(images.shape[0]))
            return tf.linalg.global_norm(gradients)

        self._draw, self._differentiate, self._norm = draw, differentiate, norm
        self._hidden = {network.name: _last_hidden(network) for network in self._networks}
        places = [] if model.pixel_log_var is None else ["pixel variance"]
        places += [
            f"{network.name} {weights.path.split('/')[0]}"
            for network in self._networks
            for weights in network.trainable_weights
        ]
        self.layers = list(dict.fromkeys(places))
        self._layer_of = [self.layers.index(place) for place in places]

    @property
    def _networks(self) -> tuple[keras.Model, keras.Model]:
        return self.model.encoder, self.model.decoder

    def gradient_norm(self, images: np.ndarray, labels: np.ndarray | None = None) -> float:
        """Return the norm of the loss's gradient on a batch (N, H, W, C) uint8: nats per image."""
        return float(self._norm(images, labels))

    def before(self, images: np.ndarray, labels: np.ndarray | None = None) -> dict[str, Any]:
        """Return what the next step will do with this batch, as plain arrays.

        labels: (N,), which a conditional VAE is told. encoder, decoder: (n, h), the last hidden
        layer; mean, log_var, epsilon, z, kl: (n, d); reconstructions: uint8; reconstruction_nats:
        (n,); all of the first `EXAMPLES`, the codes and reconstructions of their first importance
        sample.
        loss_before, what the optimizer lowers, and gradient_norms by layer are those of the batch.
        """
        model, epsilon = self.model, self._draw(len(images))
        loss, gradients, parts = self._differentiate(_floats(images), labels, epsilon)
        first = {name: value[:EXAMPLES] for name, value in parts.items()}
        logits = first.pop("logits")
        self._weights = [np.asarray(weights) for weights in model.trainable_weights]
        self._batch, self._noise = (images, labels), epsilon
        told = None if labels is None else labels[:EXAMPLES]
        return {
            "images": images[:EXAMPLES],
            "encoder": self._say("encoder", model.with_labels(_floats(images[:EXAMPLES]), told)),
            "decoder": self._say("decoder", model.with_labels(first["z"], told)),
            "epsilon": np.asarray(epsilon)[:EXAMPLES],
            "reconstructions": to_uint8(np.asarray(ops.sigmoid(logits))),
            **{name: np.asarray(value) for name, value in first.items()},
            "noise": float(model.noise.numpy()),
            "beta": float(model.beta.numpy()),
            "learning_rate": float(model.optimizer.learning_rate),
            "loss_before": float(loss),
            "layer_names": np.array(self.layers),
            "gradient_norms": self._by_layer(gradients),
            "batch_size": len(images),
        }

    def after(self) -> dict[str, Any]:
        """Return what the step has changed: loss_after, on the same epsilon, and update_norms."""
        images, labels = self._batch
        loss, _, _ = self._differentiate(_floats(images), labels, self._noise)
        now = [np.asarray(weights) for weights in self.model.trainable_weights]
        changes = [new - old for new, old in zip(now, self._weights, strict=True)]
        return {"loss_after": float(loss), "update_norms": self._by_layer(changes)}

    def _say(self, network: str, inputs: Any) -> np.ndarray:
        """Return what a network's last hidden layer says, flat: (n, h)."""
        values = np.asarray(self._hidden[network](inputs))
        return values.reshape(len(values), -1)

    def _by_layer(self, arrays: list[Any]) -> np.ndarray:
        squares = np.zeros(len(self.layers))
        for layer, array in zip(self._layer_of, arrays, strict=True):
            squares[layer] += float(tf.reduce_sum(tf.square(array)))
        return np.sqrt(squares).astype(np.float32)


def _floats(images: np.ndarray | tf.Tensor) -> tf.Tensor:
    return tf.cast(images, tf.float32) / 255.0


def _last_hidden(network: keras.Model) -> keras.Model:
    """Return the network up to its last hidden layer, or its input where it has none."""
    ends = ("z", "label", "mean", "log_var", "pixels", "logits", "image")
    layers = [layer for layer in network.layers if layer.name not in ends]
    return keras.Model(network.input, layers[-1].output if layers else network.input)
