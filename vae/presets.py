"""Recipes that a person starts from, and one sentence on what each is for."""

from __future__ import annotations

from typing import NamedTuple

from vae.config import Config

__all__ = ["PRESETS", "PRESET_NOTES", "PresetNote", "preset_label"]

# The lecture weighs 1e-4 times the mean over 4 latent dimensions of twice the KL against the
# mean over 784 pixels of the cross-entropy. Times 784, so that both are in nats per image:
LECTURE_BETA = 784 * 1e-4 * 2 / 4  # 0.0392

_LECTURE = Config(
    preset="lecture",
    latent_dim=4,
    hidden=(128,),
    activation="relu",
    beta=LECTURE_BETA,
    loss_scale="per_pixel",
    optimizer="rmsprop",
    learning_rate=1e-3,
    schedule="constant",
    batch_size=100,
    epochs=50,
    validation_split=0.0,
)

PRESETS: dict[str, Config] = {
    "lecture": _LECTURE,
    "lecture-fast": _LECTURE.replace(
        preset="lecture-fast",
        loss_scale="nats",
        optimizer="adam",
        learning_rate=4e-3,
        schedule="cosine",
        batch_size=50,
        epochs=15,
    ),
    "recommended": Config(
        preset="recommended",
        activation="tanh",
        learning_rate=4e-3,
        schedule="cosine",
        batch_size=50,
        epochs=20,
    ),
    "convolutional": Config(
        preset="convolutional",
        network="convolutional",
        latent_dim=16,
        hidden=(32, 64),
        activation="silu",
        learning_rate=2e-3,
        schedule="cosine",
        epochs=15,
    ),
    "2d": Config(
        preset="2d",
        network="convolutional",
        latent_dim=2,
        hidden=(16, 32),
        dense_layers=(128, 64),
        activation="silu",
        learning_rate=2e-3,
        schedule="cosine",
        epochs=20,
    ),
    "conditional": Config(
        preset="conditional",
        kind="conditional",
        activation="tanh",
        hidden=(256,),
        learning_rate=2e-3,
        schedule="cosine",
        batch_size=50,
        epochs=20,
    ),
    "best": Config(
        preset="best",
        latent_dim=24,
        hidden=(224, 224),
        activation="silu",
        binarisation="sampled",
        importance_samples=5,
        learning_rate=2e-3,
        schedule="cosine",
        epochs=400,
        validation_split=0.01,
    ),
    "autoencoder": Config(
        preset="autoencoder",
        kind="autoencoder",
        beta=0.0,
        learning_rate=4e-3,
        schedule="cosine",
        batch_size=50,
        epochs=15,
    ),
}


class PresetNote(NamedTuple):
    """A preset's name on the screen, what it is for, and the same in one short sentence."""

    title: str
    purpose: str
    in_short: str


PRESET_NOTES: dict[str, PresetNote] = {
    "lecture": PresetNote(
        "Lecture",
        "The lecture's recipe to the letter. In nats it is a beta of 0.0392 with the loss divided "
        "by the 784 pixels: that scale is why it learns slowly, since RMSprop's epsilon then holds "
        "the small steps back.",
        "The lecture's recipe to the letter. It learns slowly.",
    ),
    "lecture-fast": PresetNote(
        "Lecture, trained well",
        "The lecture's network and objective with the loss in nats, Adam and a falling learning "
        "rate: as good in a fraction of the time.",
        "The lecture's network with a better optimizer: as good, sooner.",
    ),
    "recommended": PresetNote(
        "Recommended",
        "The lecture's network, no larger, with the true ELBO (beta 1): random codes give real "
        "images.",
        "No larger than the lecture's, and random codes give real images.",
    ),
    "convolutional": PresetNote(
        "Convolutional",
        "Sees shapes, not single pixels, and has 16 latent dimensions: slower, visibly better.",
        "Sees shapes, not single pixels: slower, visibly better.",
    ),
    "2d": PresetNote(
        "Two dimensions",
        "Convolutional, with a latent space that is a plane: the map shows all there is.",
        "A code of two numbers, so that a map shows all of it.",
    ),
    "conditional": PresetNote(
        "Conditional",
        "A VAE that is told the class: its code holds the style alone, so that one style can be "
        "drawn as every digit.",
        "You choose the class, the code holds the style.",
    ),
    "best": PresetNote(
        "Best likelihood",
        "Black-and-white images, drawn anew each time, and the importance-weighted bound, as the "
        "literature measures: for a long training and the best figure.",
        "Trains long on black-and-white images, for the best likelihood.",
    ),
    "autoencoder": PresetNote(
        "Autoencoder",
        "No KL and no sampling: sharp copies, but random codes give nonsense, which is why the "
        "VAE exists.",
        "Not a VAE: sharp copies, but random codes give nonsense.",
    ),
}


def preset_label(config: Config) -> str:
    """Return the preset's title, with ", changed" where the configuration left it."""
    if config.preset not in PRESETS:
        return "Custom"
    title = PRESET_NOTES[config.preset].title
    # A seed or a share of the data does not make another recipe.
    preset = PRESETS[config.preset]
    same = config.replace(seed=preset.seed, train_share=preset.train_share) == preset
    return title if same else f"{title}, changed"
