"""The test images of a run, where its data set is on this machine."""

from __future__ import annotations

import numpy as np

from vae.runs import Run
from vae.sampling import to_uint8
from views._shared.server import dataset

__all__ = ["images_at_hand", "pair_of"]


def images_at_hand(run: Run) -> np.ndarray | None:
    """Return the test images that a run was measured on, uint8 (N, H, W, C), or None."""
    data = dataset(run.dataset)
    if data is None or data.image_shape != run.image_shape:
        return None
    return data.x_test if len(data.x_test) == len(run.latents["y"]) else None


def pair_of(run: Run, index: int) -> np.ndarray:
    """Return a test image, where it is at hand, and its reconstruction: uint8 (1 or 2, H, W, C)."""
    copy = to_uint8(run.decode(run.latents["mean"][index][None]))
    images = images_at_hand(run)
    return copy if images is None else np.concatenate([images[index : index + 1], copy])
