"""The lecture's network and objective as VAE Lab trains them: one side of the comparisons."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import vae
from benchmarks.measuring import peak_megabytes
from vae.images import tile
from vae.sampling.prior import prior_codes
from vae.training.train import train  # here, as TensorFlow's import is no part of an epoch

GRIDS = 50


def main() -> None:
    """Train, draw the grid, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="lecture")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    began = time.perf_counter()
    dataset = vae.load_dataset("mnist")
    ends = [time.perf_counter()]

    def listen(row: dict) -> None:
        if row["kind"] == "epoch":
            ends.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        config = vae.PRESETS[arguments.preset]
        config = config.replace(epochs=arguments.epochs, seed=arguments.seed)
        run = train(config, dataset, listen, out=Path(folder) / "run")
        trained_at, training_seconds = time.time(), time.perf_counter() - began
        peak = peak_megabytes()
        # Opens the network, as the first visit does.
        run.decode(prior_codes(100, config.latent_dim))
        start = time.perf_counter()
        for seed in range(GRIDS):
            tile(run.decode(prior_codes(100, config.latent_dim, seed=seed)), 10, 10)
        grid_seconds = (time.perf_counter() - start) / GRIDS
        result = {
            # From the end of one epoch to that of the next: with checkpoint, snapshot and curves.
            "epoch_seconds": [after - before for before, after in pairwise(ends)],
            # To the last file in the run's folder; without Python's start and the imports.
            "training_seconds": training_seconds,
            "trained_at": trained_at,
            "losses": [loss / 784 for loss in run.history["loss"]],
            "test_loss": run.metrics["lecture_loss"],
            "grid_seconds": grid_seconds,
            "peak_megabytes": peak,
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
