"""The settings of a run: their defaults, ranges and help texts."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal, get_args

from vae.config.setting import Setting, setting_field
from vae.kinds import KINDS, Kind

__all__ = [
    "BINARISATIONS",
    "MAX_IMPORTANCE_SAMPLES",
    "SETTINGS",
    "Binarisation",
    "Settings",
    "setting",
    "settings_of",
]

MAX_IMPORTANCE_SAMPLES = 5000  # of a likelihood that is measured
Binarisation = Literal["none", "threshold", "fixed", "sampled"]  # see `vae.data.binarisation`
BINARISATIONS: tuple[Binarisation, ...] = get_args(Binarisation)


@dataclass(frozen=True)
class Settings:
    """The fields of a configuration, unchecked: `vae.config.Config` checks them."""

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
    beta: float = setting_field(
        1.0,
        "Beta",
        "Weight of the KL term: 1 is the true ELBO. A smaller beta gives sharper images, a larger "
        "one a tidier latent space.",
        low=0.0,
        high=100.0,
        needs="posterior",
        without=0.0,
    )
    kl_warmup: int = setting_field(
        0,
        "KL warm-up",
        "Epochs over which beta, or the KL capacity where there is one, rises from near 0 to its "
        "value.",
        low=0,
        high=500,
        needs="posterior",
    )
    kl_cycle: int = setting_field(
        0,
        "Warm-up cycle",
        "The warm-up starts again after this many epochs, over and over. 0: it happens once.",
        low=0,
        high=500,
        needs="posterior",
    )
    free_bits: float = setting_field(
        0.0,
        "Free bits",
        "Nats of KL that cost nothing in each latent dimension, which keeps dimensions in use. "
        "Curves show the whole KL.",
        low=0.0,
        high=10.0,
        needs="posterior",
    )
    capacity: float = setting_field(
        0.0,
        "KL capacity",
        "Training holds the KL at this many nats: beta weighs the distance from it, and the "
        "warm-up raises it slowly. 0: no capacity, beta weighs the KL itself. Curves show the "
        "whole KL.",
        low=0.0,
        high=200.0,
        needs="posterior",
    )
    importance_samples: int = setting_field(
        1,
        "Importance samples",
        "Codes that training samples for each image. With more than 1 it raises the tighter bound "
        "of the importance-weighted autoencoder (IWAE). Curves show the ELBO.",
        low=1,
        high=100,
        needs="posterior",
    )
    noise: float = setting_field(
        1.0,
        "Sampling noise",
        "A factor on the random noise of training: 1 is the VAE, 0 codes each image as one point.",
        low=0.0,
        high=3.0,
        needs="posterior",
    )
    gradient_penalty: float = setting_field(
        1.0,
        "Gradient penalty",
        "Weight of the discriminator's squared slope at real images (R1). It keeps the two "
        "networks in balance: raise it where the losses swing or the discriminator wins. 0: none.",
        low=0.0,
        high=1000.0,
        needs="discriminator",
    )
    loss_scale: str = setting_field(
        "nats",
        "Loss scale",
        "The loss that the optimizer gets: in nats per image, or divided by the number of pixels "
        "as in the lecture. Curves are always in nats.",
        choices=("nats", "per_pixel"),
        needs="likelihood",
    )
    optimizer: str = setting_field(
        "adam",
        "Optimizer",
        "The rule that turns gradients into steps.",
        choices=("adam", "rmsprop", "sgd"),
    )
    adam_beta_1: float = setting_field(
        0.9,
        "Adam beta 1",
        "Of Adam: the fraction of the mean gradient that each step keeps. In a GAN the other "
        "network changes what is right, so that less of the past helps: 0 to 0.5.",
        low=0.0,
        high=0.999,
        needs="discriminator",
    )
    adam_beta_2: float = setting_field(
        0.999,
        "Adam beta 2",
        "Of Adam: the same for the mean square of the gradient, by which steps are scaled.",
        low=0.0,
        high=0.9999,
        needs="discriminator",
    )
    learning_rate: float = setting_field(
        1e-3,
        "Learning rate",
        "Size of a training step. Too large: the loss rises. Too small: it hardly falls.",
        low=1e-7,
        high=10.0,
    )
    schedule: str = setting_field(
        "constant",
        "Schedule",
        "Constant: the learning rate stays as it is. Cosine: it falls to zero over the run.",
        choices=("constant", "cosine"),
    )
    batch_size: int = setting_field(
        100,
        "Batch size",
        "Images per training step. Images that do not fill a whole batch are left out of an epoch, "
        "other ones each time.",
        low=1,
        high=4096,
    )
    epochs: int = setting_field(
        20, "Epochs", "How many times training goes through all training images.", low=1, high=500
    )
    binarisation: str = setting_field(
        "none",
        "Binarisation",
        "The images that the model learns: grey (none), or black and white: cut at one half "
        "(threshold), sampled once with the grey level as probability (fixed), or sampled again at "
        "each step (sampled).",
        choices=BINARISATIONS,
    )
    train_share: float = setting_field(
        1.0,
        "Fraction of the training set",
        "Less trains faster, and learns less.",
        low=0.001,
        high=1.0,
    )
    validation_split: float = setting_field(
        0.05,
        "Validation split",
        "Fraction of the training images that is held back for the validation curves. 0: none.",
        low=0.0,
        high=0.5,
        needs="validation loss",
        without=0.0,
    )
    patience: int = setting_field(
        0,
        "Early stopping",
        "Ends the run after this many epochs without a better validation loss and keeps the best "
        "weights. 0: off.",
        low=0,
        high=100,
        needs="validation loss",
    )
    seed: int = setting_field(
        0, "Seed", "The same seed on the same machine gives the same run.", low=0, high=2**31 - 1
    )


SETTINGS: dict[str, Setting] = {
    field.name: field.metadata["setting"] for field in dataclasses.fields(Settings)
}


def setting(name: str) -> Setting:
    """Return default, label, help, range and choices of a setting; KeyError for another name."""
    return SETTINGS[name]


def settings_of(kind: Kind) -> list[str]:
    """Return the names of the settings that mean something for a kind of model."""
    return [
        name for name, known in SETTINGS.items() if known.needs is None or kind.has(known.needs)
    ]
