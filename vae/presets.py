"""Recipes that a person starts from."""

from __future__ import annotations

from typing import Any, cast

from vae.config import Config
from vae.config.number_text import number_text
from vae.config.settings import SETTINGS, setting
from vae.preset_notes import PRESET_NOTES

__all__ = [
    "FEW",
    "FEW_IMAGES",
    "PRESETS",
    "preset_changes",
    "preset_label",
    "setting_noun",
    "setting_words",
]

FEW = 1000  # training images, below which `FEW_IMAGES` is proposed
FEW_IMAGES = "few-images"  # the name of that preset

MAX_NAMED = 2  # changes of a preset that its label names; of more it says how many
SAME_RECIPE = ("seed", "train_share")  # other values of these do not make another recipe

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

_GAN = Config(
    preset="gan",
    kind="gan",
    latent_dim=16,
    hidden=(256, 256),
    activation="leaky_relu",
    adam_beta_1=0.5,
    adam_beta_2=0.99,
    learning_rate=2e-3,
    schedule="cosine",
    batch_size=64,
    epochs=80,
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
        conditional=True,
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
    FEW_IMAGES: Config(
        preset=FEW_IMAGES,
        network="convolutional",
        latent_dim=16,
        hidden=(16, 32),
        activation="silu",
        learning_rate=2e-3,
        schedule="cosine",
        batch_size=50,
        epochs=200,
        shift=2,
        validation_split=0.15,
        patience=20,
    ),
    "autoencoder": Config(
        preset="autoencoder",
        kind="autoencoder",
        learning_rate=4e-3,
        schedule="cosine",
        batch_size=50,
        epochs=15,
    ),
    "classifier": Config(
        preset="classifier",
        kind="classifier",
        network="convolutional",
        hidden=(32, 64),
        dense_layers=(128,),
        learning_rate=2e-3,
        schedule="cosine",
        batch_size=64,
        epochs=6,
    ),
    "gan": _GAN,
    "gan-convolutional": _GAN.replace(
        preset="gan-convolutional",
        network="convolutional",
        hidden=(32, 64),
        dense_layers=(64,),
        learning_rate=1e-3,
        epochs=30,
    ),
}


def preset_label(config: Config) -> str:
    """Return the preset's title, and what differs from it: "Recommended, beta 4, 3 epochs"."""
    if config.preset not in PRESETS:
        return "Custom"
    title = PRESET_NOTES[config.preset].title
    changed = [words for name, words in preset_changes(config).items() if name not in SAME_RECIPE]
    if len(changed) > MAX_NAMED:
        return f"{title}, {len(changed)} settings changed"
    return ", ".join([title, *changed])


def preset_changes(config: Config) -> dict[str, str]:
    """Return by name the settings that differ from the preset's, in words: {"beta": "beta 4"}.

    There are none where the preset is not one of `PRESETS`: nothing says what they were to be.
    """
    preset = PRESETS.get(config.preset, config)
    return {
        name: setting_words(name, getattr(config, name))
        for name in SETTINGS
        if getattr(config, name) != getattr(preset, name) and config.uses(name)
    }


def setting_words(name: str, value: Any) -> str:
    """Return the value of a setting with its name, as "beta 4"."""
    if name in ("epochs", "latent_dim"):
        noun = "epoch" if name == "epochs" else "dimension"
        return f"{value:,} {noun}{'s' * (value != 1)}"
    label = setting_noun(name)
    if isinstance(value, bool):
        return label if value else f"not {label}"
    if isinstance(value, tuple):
        sizes = "-".join(map(str, cast("tuple[int, ...]", value)))
        return f"{label} {sizes or 'none'}"
    return f"{label} {value.replace('_', ' ') if isinstance(value, str) else number_text(value)}"


def setting_noun(name: str) -> str:
    """Return what a setting is called within a sentence."""
    label = setting(name).label
    return label if label.startswith("KL") else label[0].lower() + label[1:]
