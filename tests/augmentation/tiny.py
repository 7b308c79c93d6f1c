"""A study that takes a moment: two classes of stripes, networks of a few weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vae.augmentation.recipe import Recipe
from vae.augmentation.study import Study, create_study
from vae.data.datasets import Dataset

__all__ = ["RECIPE", "found", "tiny_study"]

RECIPE = Recipe(
    classifier_filters=(4,),
    classifier_dense=(8,),
    classifier_steps=12,
    classifier_batch=8,
    all_steps=20,
    vae_filters=(3, 4),
    vae_dense=(6,),
    vae_latent=2,
    vae_steps=12,
    vae_rate=3e-2,
    vae_batch=8,
    class_vae_steps=12,
    gan_steps=4,
    gan_latent=2,
    copies=(1, 2),
)


def tiny_study(
    path: Path,
    dataset: Dataset,
    per_class: Sequence[int] = (3,),
    methods: Sequence[str] = ("real", "classical", "vae", "classical_vae", "all"),
    seeds: int = 2,
) -> Study:
    return create_study(path, dataset, per_class, seeds, methods, RECIPE)


def found(study: Study) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Any]]:
    """Return trials, rows and choices, in an order of their own and without their seconds."""

    def sorted_lines(lines: Sequence[Any]) -> list[dict[str, Any]]:
        without = [{name: line[name] for name in line if name != "seconds"} for line in lines]
        return sorted(without, key=repr)

    return sorted_lines(study.trials), sorted_lines(study.rows), study.choices
