"""One training step, taken apart: every quantity it passes through, on real values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vae.images import to_uint8
from vae.model.keras_setup import keras, ops, tf
from vae.model.pixels import to_floats
from vae.model.vae import VAE

__all__ = ["EXAMPLES", "StepTrace"]

EXAMPLES = 8  # images of the batch that are shown


class StepTrace:
    """Traces a step of a compiled model that is about to be taken, and changes nothing.

    layers: the names under which gradients and updates are summed up.
    """

    def __init__(self, model: VAE) -> None:
        self.model = model
        networks = (model.encoder, model.decoder)
        self._hidden = {network.name: _last_hidden(network) for network in networks}
        names = [] if model.pixel_log_var is None else ["pixel variance"]
        names += [
            f"{network.name} {weights.path.split('/')[0]}"
            for network in networks
            for weights in network.trainable_weights
        ]
        self.layers = list(dict.fromkeys(names))
        self._layer_of = [self.layers.index(name) for name in names]  # of each array of weights
        self._differentiate = tf.function(
            self._loss_and_gradients, autograph=False, reduce_retracing=True
        )
        # All in one graph: it is measured ten times an epoch.
        self._norm = tf.function(self._gradient_norm, autograph=False)

    def norms(self, images: np.ndarray, labels: np.ndarray | None = None) -> dict[str, float]:
        """Return gradient_norm, that of the loss on a batch (N, H, W, C) uint8: nats per image."""
        return {"gradient_norm": float(self._norm(images, labels))}

    def before(self, images: np.ndarray, labels: np.ndarray | None = None) -> dict[str, Any]:
        """Return what the next step will do with this batch, as plain arrays.

        images: uint8 (N, H, W, C). labels: (N,), which a conditional VAE needs. encoder, decoder:
        (n, h), the last hidden layer; mean, log_var, epsilon, z, kl: (n, d); reconstructions:
        uint8; reconstruction_nats: (n,); all of the first `EXAMPLES`, the codes and reconstructions
        of their first importance sample.
        loss_before, what the optimizer lowers, and gradient_norms by layer are those of the batch.
        """
        model, epsilon = self.model, self._next_epsilon(len(images))
        loss, gradients, parts = self._differentiate(to_floats(images), labels, epsilon)
        first = {name: value[:EXAMPLES] for name, value in parts.items()}
        logits = first.pop("logits")
        self._weights = [np.asarray(weights) for weights in model.trainable_weights]
        self._batch, self._epsilon = (images, labels), epsilon
        shown, some_labels = images[:EXAMPLES], None if labels is None else labels[:EXAMPLES]
        return {
            "images": shown,
            "encoder": self._activations(
                "encoder", model.with_labels(to_floats(shown), some_labels)
            ),
            "decoder": self._activations("decoder", model.with_labels(first["z"], some_labels)),
            "epsilon": np.asarray(epsilon)[:EXAMPLES],
            "reconstructions": to_uint8(np.asarray(ops.sigmoid(logits))),
            **{name: np.asarray(value) for name, value in first.items()},
            "noise": float(model.noise.numpy()),
            "beta": float(model.beta.numpy()),
            "learning_rate": float(model.optimizer.learning_rate),
            "loss_before": float(loss),
            "layer_names": np.array(self.layers),
            "gradient_norms": self._norms_by_layer(gradients),
            "batch_size": len(images),
        }

    def after(self) -> dict[str, Any]:
        """Return what the step has changed: loss_after, on the same epsilon, and update_norms."""
        images, labels = self._batch
        loss, _, _ = self._differentiate(to_floats(images), labels, self._epsilon)
        now = [np.asarray(weights) for weights in self.model.trainable_weights]
        changes = [new - old for new, old in zip(now, self._weights, strict=True)]
        return {"loss_after": float(loss), "update_norms": self._norms_by_layer(changes)}

    def _next_epsilon(self, count: int) -> tf.Tensor:
        """Return the epsilon of the next step (samples * count, d); the random state stays."""
        config = self.model.config
        state = self.model.sampling.seed_generator.state
        before = tf.identity(state.value)
        epsilon = self.model.sampling.epsilon(
            (config.importance_samples * count, config.latent_dim)
        )
        state.assign(before)
        return epsilon

    def _loss_and_gradients(
        self, images: tf.Tensor, labels: tf.Tensor | None, epsilon: tf.Tensor
    ) -> tuple[tf.Tensor, list[Any], dict[str, tf.Tensor]]:
        """Return the loss, its gradient by each array of weights, and the step's quantities."""
        model, samples = self.model, self.model.config.importance_samples
        with tf.GradientTape() as tape:
            mean, log_var = model.encoder(model.with_labels(images, labels), training=True)
            z = mean
            if model.config.has("posterior"):
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

    def _gradient_norm(self, images: tf.Tensor, labels: tf.Tensor | None) -> tf.Tensor:
        epsilon = self._next_epsilon(ops.shape(images)[0])
        _, gradients, _ = self._differentiate(to_floats(images), labels, epsilon)
        return tf.linalg.global_norm(gradients)

    def _activations(self, network: str, inputs: Any) -> np.ndarray:
        """Return the activations of a network's last hidden layer, flat: (n, h)."""
        values = np.asarray(self._hidden[network](inputs))
        return values.reshape(len(values), -1)

    def _norms_by_layer(self, arrays: Sequence[Any]) -> np.ndarray:
        """Return the norm of the arrays of each layer: (layers,), float32."""
        squares = np.zeros(len(self.layers))
        for layer, array in zip(self._layer_of, arrays, strict=True):
            squares[layer] += float(tf.reduce_sum(tf.square(array)))
        return np.sqrt(squares).astype(np.float32)


def _last_hidden(network: keras.Model) -> keras.Model:
    """Return the network up to its last hidden layer, or its input where it has none."""
    ends = ("z", "label", "mean", "log_var", "pixels", "logits", "image")
    layers = [layer for layer in network.layers if layer.name not in ends]
    return keras.Model(network.input, layers[-1].output if layers else network.input)
