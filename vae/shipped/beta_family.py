"""The family of runs that differ in beta alone: chapter "The VAE" of Learn has a slider over them.

They are run folders that open by their id but are in no list, in a folder of their own in
vae/pretrained/. `python -m vae.shipped.train_beta_family` trains them.
"""

from __future__ import annotations

from vae.runs.run import FAMILIES

__all__ = ["BETAS", "BETA_FAMILY", "family_id"]

BETA_FAMILY = FAMILIES / "beta"
BETAS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)


def family_id(beta: float) -> str:
    """Return the id of the run with this beta."""
    return f"mnist-beta-{beta:g}"
