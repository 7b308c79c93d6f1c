"""Trains the family of runs that differ in beta alone: python -m vae.shipped.train_beta_family"""

from __future__ import annotations

import shutil
import sys

from vae.config import Config
from vae.data.datasets import load_dataset
from vae.files import folder_bytes
from vae.runs.layout import METRICS, MODEL, snapshot_file
from vae.runs.run import Run, open_run
from vae.shipped.beta_family import BETA_FAMILY, BETAS, family_id
from vae.shipped.thinning import thin_out
from vae.shipped.train import make_portable
from vae.training.train import train

__all__ = ["MAX_BYTES", "RECIPE", "ship_family"]

MAX_BYTES = 8_000_000
# Two dimensions, so that a map shows all of the latent space; small, so that six fit.
RECIPE = Config(
    latent_dim=2,
    hidden=(64, 32),
    activation="silu",
    optimizer="adam",
    learning_rate=2e-3,
    schedule="cosine",
    batch_size=100,
    epochs=30,
    validation_split=0.05,
)


def ship_family() -> list[Run]:
    """Train each of the family that is not there, with the same seed; return all of them.

    Raises RuntimeError if they are too large together.
    """
    dataset = load_dataset("mnist")
    for beta in BETAS:
        path = BETA_FAMILY / family_id(beta)
        if not (path / METRICS).exists():
            shutil.rmtree(path, ignore_errors=True)
            train(RECIPE.replace(beta=beta), dataset, out=path)
        run = open_run(path)
        thin_out(run)
        make_portable(path / MODEL)
        for epoch in run.snapshot_epochs[:-1]:
            (path / snapshot_file(epoch)).unlink()
    size = folder_bytes(BETA_FAMILY)
    if size > MAX_BYTES:
        raise RuntimeError(f"The family has at most {MAX_BYTES:,} bytes. Received: {size:,}")
    return [open_run(BETA_FAMILY / family_id(beta)) for beta in BETAS]


def main() -> None:
    """Train the family, and print what each costs."""
    for run in ship_family():
        print(f"{run.id}: {run.metrics}", file=sys.stderr)


if __name__ == "__main__":
    main()
