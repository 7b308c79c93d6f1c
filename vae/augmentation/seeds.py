"""Seeds of a study's parts, each its own, and which images a seed takes."""

from __future__ import annotations

import numpy as np

__all__ = ["EXTRA_SEED", "derived_seed", "few_indices"]

EXTRA_SEED = 1_000_000  # for the choices: no study has so many


def derived_seed(*parts: int) -> int:
    """Return a number of 32 bits that follows from these, and from none else."""
    return int(np.random.SeedSequence(parts).generate_state(1)[0])


def few_indices(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Return which training images a seed takes: so many of each class, at random, in order.

    labels: of all training images (N,). Returns (classes * per_class,), class after class.
    """
    order = np.random.default_rng([seed, per_class, 7])
    return np.concatenate([
        np.sort(order.permutation(np.flatnonzero(labels == label))[:per_class])
        for label in np.unique(labels)
    ])  # fmt: skip
