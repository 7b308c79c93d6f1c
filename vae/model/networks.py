"""Encoder and decoder as plain Keras models, built from the lists in `architecture`."""

from __future__ import annotations

from typing import Any

from vae.architecture import ImageShape, Layer, decoder_layers, encoder_layers
from vae.config import Config
from vae.model.keras_setup import keras

__all__ = ["build_decoder", "build_encoder", "logits_of"]


def build_encoder(config: Config, image_shape: ImageShape, classes: int = 0) -> keras.Model:
    """Build images in [0, 1] (N, H, W, C) -> mean (N, d), log_var (N, d).

    A conditional VAE's takes a list: images, and their labels as one-hot vectors (N, classes).
    """
    *body, mean, log_var = encoder_layers(config, image_shape, classes)
    inputs, x = _stack(body, config.seed)
    mean_of_x = _layer(mean, config.seed + 101)(x)
    # An autoencoder's log_var is a constant in the shape of its mean.
    below = mean_of_x if log_var.class_name == "Rescaling" else x
    log_var_of_x = _layer(log_var, config.seed + 102)(below)
    return keras.Model(inputs, [mean_of_x, log_var_of_x], name="encoder")


def build_decoder(config: Config, image_shape: ImageShape, classes: int = 0) -> keras.Model:
    """Build z (N, d) -> images in [0, 1] (N, H, W, C); with labels as in `build_encoder`."""
    inputs, images = _stack(decoder_layers(config, image_shape, classes), config.seed + 201)
    return keras.Model(inputs, images, name="decoder")


def logits_of(decoder: keras.Model) -> keras.Model:
    """Return the same decoder, weights shared, that ends before the sigmoid."""
    return keras.Model(decoder.input, decoder.get_layer("logits").output, name="decoder_logits")


def _stack(layers: list[Layer], seed: int) -> tuple[Any, Any]:
    """Build one layer upon the other; return the input, or both, and what comes out on top."""
    inputs = [
        keras.Input(layer.output_shape, name=layer.name)
        for layer in layers
        if layer.class_name == "InputLayer"
    ]
    x = inputs[0]
    for index, layer in enumerate(layers):
        if layer.class_name == "Concatenate":
            x = _layer(layer, seed + index)([x, inputs[1]])
        elif layer.class_name != "InputLayer":
            x = _layer(layer, seed + index)(x)
    return inputs[0] if len(inputs) == 1 else inputs, x


def _layer(layer: Layer, seed: int) -> keras.layers.Layer:
    """Make the Keras layer; its own seed makes the weights independent of global state."""
    arguments = dict(layer.arguments)
    if layer.parameters:
        # Keras's default initializer, named here for the sake of the seed.
        arguments["kernel_initializer"] = keras.initializers.GlorotUniform(seed=seed)
    return getattr(keras.layers, layer.class_name)(name=layer.name, **arguments)
