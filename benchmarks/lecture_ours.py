"""The lecture's network and objective as VAE Lab trains them: the other side of the comparison."""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import vae
from vae.sampling import prior_codes, tile

GRIDS = 50


def main() -> None:
    """Train, draw the grid, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    ends = [time.perf_counter()]

    def listen(row: dict) -> None:
        if row["kind"] == "epoch":
            ends.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        config = vae.PRESETS["lecture"].replace(epochs=arguments.epochs)
        run = vae.train(config, vae.load_dataset("mnist"), listen, out=Path(folder) / "run")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        # Opens the network, as the first visit does.
        run.decode(prior_codes(100, config.latent_dim))
        start = time.perf_counter()
        for seed in range(GRIDS):
            tile(run.decode(prior_codes(100, config.latent_dim, seed=seed)), 10, 10)
        grid_seconds = (time.perf_counter() - start) / GRIDS
        result = {
            # From the end of one epoch to that of the next: with checkpoint and snapshot.
            "epoch_seconds": [after - before for before, after in pairwise(ends)],
            "losses": [loss / 784 for loss in run.history["loss"]],
            "test_loss": run.metrics["lecture_loss"],
            "grid_seconds": grid_seconds,
            "peak_megabytes": peak,
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
