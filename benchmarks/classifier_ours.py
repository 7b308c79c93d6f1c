"""The same classifier as VAE Lab trains it: checkpoint, snapshot, curves and gradient norms too."""

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
from benchmarks.classifier_network import NETWORKS, config_of
from benchmarks.measuring import peak_megabytes
from vae.training.train import train  # here, as TensorFlow's import is no part of an epoch


def main() -> None:
    """Train and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=NETWORKS, default="dense")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    dataset = vae.load_dataset("mnist")
    ends = [time.perf_counter()]

    def listen(row: dict) -> None:
        if row["kind"] == "epoch":
            ends.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        config = config_of(arguments.network, arguments.batch, arguments.epochs)
        run = train(config, dataset, listen, out=Path(folder) / "run")
        result = {
            # From the end of one epoch to that of the next: with checkpoint, snapshot and curves.
            "epoch_seconds": [after - before for before, after in pairwise(ends)],
            "losses": run.history["loss"],
            "peak_megabytes": peak_megabytes(),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
