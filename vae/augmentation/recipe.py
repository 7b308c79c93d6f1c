"""Networks, steps and rates of a study: the same for all its methods and seeds.

They were found on training images of MNIST and Animals, with seeds that no stored study uses (from
900 on), never on test images. Twice the filters were no better with
few images, and took twice as long.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from vae.errors import StudyError

__all__ = ["Recipe", "recipe_from", "recipe_values"]


@dataclass(frozen=True)
class Recipe:
    """How a study trains. Steps are those of the optimizer.

    classifier_steps: the same for every method of one number of images a class, so that the data
    alone differ, not the training; all_steps: of the upper line, which has too many for that.
    copies: the numbers of synthetic images a real one that the choice is among.
    """

    classifier_filters: tuple[int, ...] = (8, 16, 32)
    classifier_dense: tuple[int, ...] = (64,)
    classifier_dropout: float = 0.3
    classifier_rate: float = 1e-3
    classifier_steps: int = 1200
    classifier_batch: int = 32
    all_steps: int = 18_000
    all_rate: float = 1e-3
    vae_filters: tuple[int, ...] = (16, 32)
    vae_dense: tuple[int, ...] = (64,)
    vae_latent: int = 8
    vae_rate: float = 2e-3
    vae_steps: int = 1500
    vae_batch: int = 32
    vae_beta: float = 1.0
    class_vae_steps: int = 400
    gan_steps: int = 2500
    gan_rate: float = 1e-3
    gan_latent: int = 16
    copies: tuple[int, ...] = (1, 4, 16)


def recipe_values(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as study.json holds it."""
    return asdict(recipe)


def recipe_from(values: dict[str, Any]) -> Recipe:
    """Return the recipe that study.json holds; raises StudyError for anything else."""
    try:
        return msgspec.convert(values, Recipe, strict=True)
    except msgspec.ValidationError as error:
        raise StudyError(f"A study's recipe must be whole ({error}). Received: {values}") from None
