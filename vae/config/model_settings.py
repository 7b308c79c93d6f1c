"""The settings that say what a model is: its kind, its networks, what its decoder gives."""

from __future__ import annotations

from dataclasses import dataclass

from vae.config.setting import setting_field
from vae.kinds import KINDS

__all__ = ["ModelSettings"]


@dataclass(frozen=True)
class ModelSettings:
    """The first fields of a configuration, unchecked: see `vae.config.settings`."""

    preset: str = setting_field(
        "custom", "Preset", "The recipe that this configuration started from."
    )
    kind: str = setting_field(
        "vae",
        "Model",
        " ".join(kind.sentence for kind in KINDS.values()),
        choices=KINDS,
    )
    conditional: bool = setting_field(
        False,
        "Conditional",
        "The networks also get the class of an image, so that its code describes the style alone.",
        needs="prior",
    )
    network: str = setting_field(
        "dense",
        "Network",
        "Dense layers connect all pixels and are fast. Convolutional layers find local shapes: "
        "slower, but better on images.",
        choices=("dense", "convolutional"),
    )
    latent_dim: int = setting_field(
        4,
        "Latent dimensions",
        "How many numbers the code of an image has.",
        low=1,
        high=128,
        needs="decoder",
    )
    hidden: tuple[int, ...] = setting_field(
        (128,),
        "Hidden layers",
        "Units of each encoder layer, first to last (filters, if convolutional); "
        "the decoder mirrors them.",
        low=1,
        high=1024,
    )
    dense_layers: tuple[int, ...] = setting_field(
        (),
        "Dense layers",
        "Units of dense layers between the convolutions and the code, first to last; the decoder "
        "mirrors them. Empty: none.",
        low=1,
        high=1024,
    )
    activation: str = setting_field(
        "relu",
        "Activation",
        "The non-linear function between two layers.",
        choices=("relu", "leaky_relu", "elu", "silu", "tanh"),
    )
    likelihood: str = setting_field(
        "bernoulli",
        "Likelihood",
        "The distribution of a pixel, given the decoder's output: Bernoulli, as in the lecture; "
        "continuous Bernoulli, a true density of grey levels; or a Gaussian whose width is "
        "learned.",
        choices=("bernoulli", "continuous_bernoulli", "gaussian"),
        needs="likelihood",
    )
