"""What a model is worth, measured on test images alone: each kind of model has its own measures."""

from __future__ import annotations

from typing import Any

import numpy as np

from vae.data.datasets import Dataset
from vae.dotted_path import resolve
from vae.kinds import KINDS
from vae.model.base import Model

__all__ = ["evaluate"]


def evaluate(
    model: Model, dataset: Dataset, binarisation: str | None = None
) -> tuple[Any, dict[str, np.ndarray]]:
    """Return metrics of the test images, and what the model makes of each of them.

    binarisation: of `config.BINARISATIONS`, the one that the model was trained with where it is
    None. The arrays are latents, as `elbo.evaluate_elbo` returns them, or probabilities, as
    `accuracy.evaluate_accuracy` does.
    """
    measure = resolve(KINDS[model.config.kind].evaluate)
    return measure(model, dataset, binarisation or model.config.binarisation)
