"""The layers of all networks as plain data: what Keras builds and what the app counts.

One list is the source of both, so the parameter summary needs no TensorFlow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from vae.config import Config
from vae.dotted_path import resolve
from vae.errors import ConfigError
from vae.kinds import KINDS
from vae.layers import (
    ImageShape,
    Layer,
    convolution,
    dense,
    flatten,
    hidden_layers,
    reshape,
    transposed_convolution,
)

__all__ = [
    "MAX_CODE",
    "Summary",
    "classifier_layers",
    "decoder_layers",
    "discriminator_layers",
    "encoder_layers",
    "network_layers",
    "summarize",
]


# An autoencoder's posterior is a point: a standard deviation of exp(-20 / 2) = 4.5e-5.
POINT_LOG_VAR = -20.0
# The largest number of a code, far beyond the prior: there a decoder's images mean nothing.
MAX_CODE = 1000.0
# The variance of a Gaussian likelihood before it learns: about that of grey pixels.
FIRST_PIXEL_LOG_VAR = -2.0


@dataclass(frozen=True)
class Summary:
    """What `model.summary()` tells of the networks of a model, by their names.

    Every parameter here is trainable.
    """

    networks: dict[str, tuple[Layer, ...]]

    @property
    def layers(self) -> list[Layer]:
        """All layers, from the first network to the last."""
        return [layer for layers in self.networks.values() for layer in layers]

    @property
    def parameters(self) -> dict[str, int]:
        """Trainable parameters of each network."""
        return {
            name: sum(layer.parameters for layer in layers)
            for name, layers in self.networks.items()
        }

    @property
    def total(self) -> int:
        """Trainable parameters of all."""
        return sum(self.parameters.values())

    @property
    def multiplications(self) -> int:
        """Multiplications of one image's way through all networks, forward only."""
        return sum(layer.multiplications for layer in self.layers)


def summarize(config: Config, image_shape: ImageShape, classes: int = 0) -> Summary:
    """Count layers, shapes and parameters without building anything.

    image_shape: (H, W, C). Raises ConfigError as `encoder_layers`.
    """
    networks = KINDS[config.kind].networks
    return Summary(
        {name: tuple(network_layers(name, config, image_shape, classes)) for name in networks}
    )


def network_layers(
    name: str, config: Config, image_shape: ImageShape, classes: int = 0
) -> list[Layer]:
    """List the layers of one of the networks of a configuration's kind; raises as its function."""
    return resolve(KINDS[config.kind].networks[name])(config, image_shape, classes)


def encoder_layers(config: Config, image_shape: ImageShape, classes: int = 0) -> list[Layer]:
    """List the encoder from its input to its two heads, `mean` and `log_var`.

    Both heads stand on the last layer before them. classes: of the data set, which a conditional
    VAE alone looks at; the label joins the flat pixels or features. Raises ConfigError if the
    layers do not fit the images (height and width from 8 to 64, 1 or 3 channels) or the classes.
    """
    _check_classes(config, classes)
    layers = _features(config, image_shape, classes)
    width = layers[-1].output_shape[0]
    layers.append(dense("mean", width, config.latent_dim))
    if not config.has("posterior"):
        constant = {"scale": 0.0, "offset": POINT_LOG_VAR}
        layers.append(Layer("Rescaling", "log_var", (config.latent_dim,), arguments=constant))
    else:
        layers.append(dense("log_var", width, config.latent_dim))
    return layers


def classifier_layers(config: Config, image_shape: ImageShape, classes: int = 0) -> list[Layer]:
    """List a classifier from its input to the probabilities: an encoder's layers with one head.

    The layer before the last holds the logits. Raises ConfigError as `encoder_layers`, and for
    images of fewer than two classes.
    """
    if classes < 2:
        raise ConfigError(
            "A classifier tells classes apart, so it needs images of two or more classes: of one "
            f"class, or without labels, train a VAE, an autoencoder or a GAN. Received: {classes}"
        )
    layers = _features(config, image_shape, classes)
    layers.append(dense("logits", layers[-1].output_shape[0], classes))
    layers.append(
        Layer("Activation", "probabilities", (classes,), arguments={"activation": "softmax"})
    )
    return layers


def discriminator_layers(config: Config, image_shape: ImageShape, classes: int = 0) -> list[Layer]:
    """List a discriminator from its input to D(x), the probability that an image is a real one.

    An encoder's layers with one head; the layer before the last holds the logit of D(x). A
    conditional GAN's label joins the flat pixels or features. Raises ConfigError as
    `encoder_layers`.
    """
    _check_classes(config, classes)
    layers = _features(config, image_shape, classes)
    layers.append(dense("logits", layers[-1].output_shape[0], 1))
    layers.append(Layer("Activation", "probability", (1,), arguments={"activation": "sigmoid"}))
    return layers


def decoder_layers(config: Config, image_shape: ImageShape, classes: int = 0) -> list[Layer]:
    """List the decoder from z to the image; the layer before the last holds the logits.

    A conditional model's label joins z; classes as in `encoder_layers`, which checks the shape.
    """
    height, width, channels = image_shape
    layers = [Layer("InputLayer", "z", (config.latent_dim,))]
    layers += _label(config, config.latent_dim, classes)
    code_width = layers[-1].output_shape[0]
    if config.network == "convolutional":
        layers += _upward(config, image_shape, code_width)
    else:
        layers += hidden_layers(code_width, config.hidden[::-1], config.activation)
        pixels = height * width * channels
        layers.append(dense("pixels", layers[-1].output_shape[0], pixels))
        layers.append(reshape("logits", image_shape))
    layers.append(Layer("Activation", "image", image_shape, arguments={"activation": "sigmoid"}))
    return layers


def _features(config: Config, image_shape: ImageShape, classes: int) -> list[Layer]:
    """List the way from an image up to the last hidden layer, which heads stand on."""
    _check_image_shape(image_shape)
    layers = [Layer("InputLayer", "image", image_shape)]
    if config.network == "convolutional":
        for stage, filters in enumerate(config.hidden, start=1):
            shape = layers[-1].output_shape
            layers.append(convolution(f"conv_{stage}", shape, filters, config.activation))
        _check_stages(config, image_shape)
    layers.append(flatten(layers[-1].output_shape))
    layers += _label(config, layers[-1].output_shape[0], classes)
    sizes = config.dense_layers if config.network == "convolutional" else config.hidden
    return layers + hidden_layers(layers[-1].output_shape[0], sizes, config.activation)


def _upward(config: Config, image_shape: ImageShape, code_width: int) -> list[Layer]:
    """List the way from a code up to the logits: each stage doubles height and width."""
    height, width, channels = image_shape
    filters = config.hidden
    scale = 2 ** len(filters)
    small = (math.ceil(height / scale), math.ceil(width / scale), filters[-1])
    layers = hidden_layers(code_width, config.dense_layers[::-1], config.activation)
    width_below = layers[-1].output_shape[0] if layers else code_width
    layers += [
        dense("seed", width_below, math.prod(small), config.activation),
        reshape("seed_image", small),
    ]
    for stage, size in enumerate([*reversed(filters[:-1]), channels], start=1):
        last = stage == len(filters)
        name = "pixels" if last else f"conv_{stage}"
        activation = None if last else config.activation
        layers.append(transposed_convolution(name, layers[-1].output_shape, size, activation))
    grown = layers[-1].output_shape
    crop = ((0, grown[0] - height), (0, grown[1] - width))
    layers.append(Layer("Cropping2D", "logits", image_shape, arguments={"cropping": crop}))
    return layers


def _label(config: Config, width: int, classes: int) -> list[Layer]:
    """List what puts the label, one number a class, behind so many numbers; nothing without one."""
    if not config.conditional:
        return []
    return [
        Layer("InputLayer", "label", (classes,)),
        Layer("Concatenate", "with_label", (width + classes,), arguments={"axis": -1}),
    ]


def _check_image_shape(image_shape: ImageShape) -> None:
    fits = (
        len(image_shape) == 3
        and all(8 <= side <= 64 for side in image_shape[:2])
        and image_shape[2] in (1, 3)
    )
    if not fits:
        raise ConfigError(
            "Images must have a height and width from 8 to 64 and 1 or 3 channels. "
            f"Received: {tuple(image_shape)}"
        )


def _check_classes(config: Config, classes: int) -> None:
    if config.conditional and classes < 2:
        raise ConfigError(
            f"A conditional {KINDS[config.kind].title} gets the class of each image, so it needs "
            "images of two or more classes: of one class, or without labels, train one that is "
            f"not conditional. Received: {classes}"
        )


def _check_stages(config: Config, image_shape: ImageShape) -> None:
    max_layers = int(math.log2(min(image_shape[:2]))) - 1
    if not 1 <= len(config.hidden) <= max_layers:
        raise ConfigError(
            f"A convolutional network for {image_shape[0]} x {image_shape[1]} images needs 1 to "
            f"{max_layers} hidden layers, since each one halves the image. "
            f"Received: hidden={config.hidden}"
        )
