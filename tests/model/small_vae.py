"""A small VAE of Digits, and what tests of it compute with."""

from __future__ import annotations

import keras
import numpy as np

from vae.config import Config
from vae.data.datasets import Dataset

__all__ = ["SMALL", "noise_of", "pixels"]

SMALL = Config(hidden=(12,), latent_dim=3, beta=0.3, seed=11)


def pixels(dataset: Dataset, count: int) -> np.ndarray:
    return dataset.x_train[:count].astype(np.float32) / 255.0


def noise_of(config: Config, count: int) -> np.ndarray:
    """The first noise that a model of this configuration samples."""
    seed = keras.random.SeedGenerator(config.seed)
    return np.asarray(keras.random.normal((count, config.latent_dim), seed=seed))
