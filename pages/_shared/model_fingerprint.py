"""What tells a run's model from the one that it had before, in caches and keys."""

from __future__ import annotations

import hashlib

import numpy as np

from vae.files import file_mark
from vae.runs.run import Run

__all__ = ["model_fingerprint"]


def model_fingerprint(run: Run) -> str:
    """Return what names a run's model: its codes as they were read, and its decoder.

    It is the same whatever class a conditional run is told.
    A run that goes on replaces both, one after the other; what was made of either is not the same.
    """
    digest = hashlib.sha256(f"{run.path} {file_mark(run.path / 'decoder.onnx')}".encode())
    if run.latents:
        digest.update(np.ascontiguousarray(run.latents["mean"]).tobytes())
    return digest.hexdigest()[:16]
