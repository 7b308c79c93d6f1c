"""What a run makes of its training images: posteriors, without all pixels as floats at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from vae.data.binarisation import binarise
from vae.errors import RunError

if TYPE_CHECKING:
    from vae.data.datasets import Dataset
    from vae.runs.run import Run

__all__ = ["training_codes"]

AT_ONCE = 1000  # images
LARGEST = 60_000.0  # what half precision holds, and far beyond any useful code


def training_codes(
    run: Run,
    dataset: Dataset,
    indices: np.ndarray | None = None,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Encode training images, binarised as in training -> mean, log_var (N, d), float32.

    indices: which of them, None for all. Where a run samples its pixels at each step, they are
    sampled once here, always the same. A conditional run gets their labels. on_progress: called
    with the fraction that is done.
    Raises RunError for images of another shape, none at all, and codes that are not finite or too
    large.
    """
    run.check_images(dataset)
    indices = np.arange(len(dataset.x_train)) if indices is None else indices
    if not len(indices):
        raise RunError("Codes are those of training images. Received: none")
    images, binarisation = dataset.x_train, run.config.binarisation
    if binarisation == "fixed":  # the index of an image among all says how it was sampled
        images, binarisation = binarise(images, binarisation), "none"
    parts = []
    for begin in range(0, len(indices), AT_ONCE):
        chosen = indices[begin : begin + AT_ONCE]
        batch = binarise(images[chosen], binarisation, seed=begin)
        parts.append(run.encode(batch, dataset.y_train[chosen]))
        on_progress(min(begin + AT_ONCE, len(indices)) / len(indices))
    mean, log_var = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    for codes in (mean, log_var):
        if not (np.abs(codes) <= LARGEST).all():  # NaN compares as False
            raise RunError(
                f"Codes must be numbers of at most {LARGEST:,.0f}. Received: others, as a run that "
                "diverged has: train it anew with a smaller learning rate"
            )
    return mean, log_var
