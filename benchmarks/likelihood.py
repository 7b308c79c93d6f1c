"""Importance-sampled likelihood: images a second and peak memory. python -m benchmarks likelihood.

Some test images with few samples and with three times as many, in processes of their own, so that
each has a peak of its own. What all images with 5,000 samples take is the straight line through
both: the work is the number of decoded images, and what the first call compiles is in no slope.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import measured, peak_megabytes
from vae.config.settings import MAX_IMPORTANCE_SAMPLES
from vae.data.datasets import find_dataset, load_dataset
from vae.model.importance_sampling import importance_sampled_nll
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.server.worker_processes import WORKER_ENVIRONMENT

__all__ = ["likelihood"]

ROUNDS = 3
FEW, SOME = 50, 150  # samples of each image: one chunk of the stream, and three
IMAGES = {"dense": 4_000, "convolutional": 300}  # a few seconds' work
ALL_IMAGES = 10_000


def likelihood() -> None:
    """Print a Markdown table of the shipped runs that have a likelihood."""
    if find_dataset("mnist") is None:
        print("Likelihoods are measured on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    print(
        f"\nImportance-sampled likelihood on MNIST, {ROUNDS} rounds; the last two columns are "
        f"extrapolated to {ALL_IMAGES:,} images and K = {MAX_IMPORTANCE_SAMPLES:,}.\n"
    )
    print(
        f"| run | images measured | decoded images/s (range) | peak MB, K = {FEW} "
        f"| peak MB, K = {SOME} | images/s | minutes (range) |"
    )
    print("|---|---|---|---|---|---|---|")
    for run in RunStore().list_shipped():
        if run.config.has("posterior") and run.dataset == "mnist":
            _line(run)


def _line(run: Run) -> None:
    images = IMAGES[run.config.network]
    speeds, peaks = [], []
    for _ in range(ROUNDS):
        few, some = (_measured(run.path, images, samples) for samples in (FEW, SOME))
        speeds.append(images * (SOME - FEW) / (some["seconds"] - few["seconds"]))
        peaks.append((few["peak_megabytes"], some["peak_megabytes"]))
    decoded = ALL_IMAGES * MAX_IMPORTANCE_SAMPLES
    low, middle, high = min(speeds), statistics.median(speeds), max(speeds)
    few, some = (statistics.median(column) for column in zip(*peaks, strict=True))
    print(
        f"| {run.id} | {images:,} | {middle:,.0f} ({low:,.0f} to {high:,.0f}) "
        f"| {few:,.0f} | {some:,.0f} | {middle / MAX_IMPORTANCE_SAMPLES:.1f} "
        f"| {decoded / middle / 60:.1f} ({decoded / high / 60:.1f} to {decoded / low / 60:.1f}) |",
        flush=True,
    )


def _measured(path: Path, images: int, samples: int) -> dict[str, Any]:
    return measured("benchmarks.likelihood", path, images, samples, environment=WORKER_ENVIRONMENT)


def main() -> None:
    """Measure one run and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("images", type=int)
    parser.add_argument("samples", type=int)
    arguments = parser.parse_args()
    run = open_run(arguments.run)
    model, data, part = run.load_model(), load_dataset(run.dataset), slice(arguments.images)
    began = time.perf_counter()
    images, labels = data.x_test[part], data.y_test[part]
    found = importance_sampled_nll(model, images, arguments.samples, labels=labels)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "peak_megabytes": peak_megabytes(), **found}))


if __name__ == "__main__":
    main()
