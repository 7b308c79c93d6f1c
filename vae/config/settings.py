"""The settings of a run: their defaults, ranges and help texts."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal, get_args

from vae.config.model_settings import ModelSettings
from vae.config.setting import Setting, setting_field
from vae.kinds import Kind

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
class Settings(ModelSettings):
    """The fields of a configuration, unchecked: `vae.config.Config` checks them."""

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
    shift: int = setting_field(
        0,
        "Random shift",
        "Each training image is moved by up to this many pixels in each direction, anew at each "
        "step; its edges are repeated where it leaves a gap. It helps where images are few. 0: "
        "none.",
        low=0,
        high=16,
    )
    flip: bool = setting_field(
        False,
        "Random flip",
        "Each training image is mirrored left to right in half of the steps. It helps where images "
        "are few and a mirrored one is as likely, as of animals or shoes. Not for digits or "
        "letters: a mirrored 2 is no 2.",
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
