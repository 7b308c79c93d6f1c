"""The test images of a run, where its data set is on this machine."""

from __future__ import annotations

from typing import Any

import numpy as np

from pages._shared.server import dataset_of_run
from vae.images import to_uint8
from vae.runs.run import Run

__all__ = ["available_test_images", "image_and_reconstruction", "reconstructions"]


def available_test_images(run: Run) -> np.ndarray | None:
    """Return the test images that a run was measured on, uint8 (N, H, W, C), or None."""
    data = dataset_of_run(run)
    if data is None or data.image_shape != run.image_shape:  # as a foreign folder may claim
        return None
    return data.x_test if len(data.x_test) == len(run.outputs["y"]) else None


def reconstructions(run: Run, indices: Any) -> np.ndarray:
    """Decode test images from their means, each with its own class: uint8 (N, H, W, C)."""
    latents = run.latents
    return to_uint8(run.decode(latents["mean"][indices], latents["y"][indices]))


def image_and_reconstruction(run: Run, index: int) -> np.ndarray:
    """Return a test image, if it is available, and its reconstruction: uint8 (1 or 2, H, W, C)."""
    copy = reconstructions(run, [index])
    images = available_test_images(run)
    return copy if images is None else np.concatenate([images[index : index + 1], copy])
