"""The latents of the test images, as a run's folder holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae.errors import RunError

if TYPE_CHECKING:
    from vae.runs.run import Run

__all__ = ["latents_of"]


def latents_of(run: Run) -> dict[str, np.ndarray]:
    """Return mean and log_var (N, d) and labels y (N,); raises RunError where there are none."""
    run.require("encoder")
    if not run.latents:
        raise RunError(f"This run has no latent means yet. Received: {run.id}, {run.state}")
    return run.latents
