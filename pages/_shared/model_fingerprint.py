"""Identifies a run's model in caches and keys: a resumed run gets another one."""

from __future__ import annotations

import hashlib

import numpy as np

from vae.files import file_version
from vae.runs.run import Run

__all__ = ["model_fingerprint"]


def model_fingerprint(run: Run) -> str:
    """Return a hash of a run's model: of its latent codes, as read, and of its decoder file.

    It is the same for all classes of a conditional run. A run that is resumed replaces both files,
    one after the other.
    """
    digest = hashlib.sha256(f"{run.path} {file_version(run.path / 'decoder.onnx')}".encode())
    if run.latents:
        digest.update(np.ascontiguousarray(run.latents["mean"]).tobytes())
    return digest.hexdigest()[:16]
