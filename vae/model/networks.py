"""The networks as plain Keras models, built from the lists in `architecture`."""

from __future__ import annotations

from typing import Any

from vae.architecture import network_layers
from vae.config import Config
from vae.layers import ImageShape, Layer
from vae.model.keras_setup import keras

__all__ = [
    "build_classifier",
    "build_decoder",
    "build_discriminator",
    "build_encoder",
    "logits_of",
]


def build_encoder(config: Config, image_shape: ImageShape, classes: int = 0) -> keras.Model:
    """Build images in [0, 1] (N, H, W, C) -> mean (N, d), log_var (N, d).

    A conditional VAE's takes a list: images, and their labels as one-hot vectors (N, classes).
    """
    *body, mean, log_var = network_layers("encoder", config, image_shape, classes)
    inputs, x = _stack(body, config.seed)
    mean_of_x = _layer(mean, config.seed + 101)(x)
    # An autoencoder's log_var is a constant in the shape of its mean.
    below = mean_of_x if log_var.class_name == "Rescaling" else x
    log_var_of_x = _layer(log_var, config.seed + 102)(below)
    return keras.Model(inputs, [mean_of_x, log_var_of_x], name="encoder")


def build_decoder(config: Config, image_shape: ImageShape, classes: int = 0) -> keras.Model:
    """Build z (N, d) -> images in [0, 1] (N, H, W, C); with labels as in `build_encoder`."""
    layers = network_layers("decoder", config, image_shape, classes)
    inputs, images = _stack(layers, config.seed + 201)
    return keras.Model(inputs, images, name="decoder")


def build_classifier(config: Config, image_shape: ImageShape, classes: int) -> keras.Model:
    """Build images in [0, 1] (N, H, W, C) -> probabilities (N, classes)."""
    layers = network_layers("classifier", config, image_shape, classes)
    image, probabilities = _stack(layers, config.seed)
    return keras.Model(image, probabilities, name="classifier")


def build_discriminator(config: Config, image_shape: ImageShape, classes: int = 0) -> keras.Model:
    """Build images in [0, 1] (N, H, W, C) -> D(x) (N, 1); with labels as in `build_encoder`."""
    layers = network_layers("discriminator", config, image_shape, classes)
    inputs, probability = _stack(layers, config.seed + 301)
    return keras.Model(inputs, probability, name="discriminator")


def logits_of(network: keras.Model) -> keras.Model:
    """Return the same network, weights shared, that ends before its last activation."""
    logits = network.get_layer("logits").output
    return keras.Model(network.input, logits, name=f"{network.name}_logits")


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
