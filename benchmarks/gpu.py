"""Images a second on a GPU over batch sizes, and the batch that fills it, where there is one."""

from __future__ import annotations

import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks.measuring import measured
from vae.data.datasets import find_dataset, load_dataset
from vae.presets import PRESETS, preset_label

__all__ = ["filling", "gpu"]

BATCHES = (100, 200, 500, 1000, 2000, 4096, 8192)
NETWORKS = ("lecture", "convolutional")
CALLS = 10  # of the loop, between two readings of the clock
WARM_SECONDS = 3.0
FULL = 0.9  # of the best speed: a batch beyond that gains little


def gpu() -> None:
    """Print a Markdown table, or a sentence where TensorFlow sees no GPU."""
    if find_dataset("mnist") is None:
        print("A GPU is measured on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    found = measured("benchmarks.gpu")
    if not found["gpus"]:
        print("TensorFlow sees no GPU here, so none is measured.")
        return
    print(f"\nTraining on MNIST on {found['gpus'][0]}, images a second.\n")
    print("| batch size | " + " | ".join(f"{batch:,}" for batch in BATCHES) + " | filled by |")
    print("|---" * (len(BATCHES) + 2) + "|")
    for name in NETWORKS:
        speeds = {int(batch): speed for batch, speed in found["speeds"][name].items()}
        cells = [f"{speeds[batch]:,.0f}" for batch in BATCHES]
        cells.append(f"{filling(speeds):,}")
        print(f"| {preset_label(PRESETS[name])} | " + " | ".join(cells) + " |")


def filling(speeds: dict[int, float]) -> int:
    """Return the smallest batch that is nearly as fast as the fastest."""
    best = max(speeds.values())
    return min(batch for batch, speed in speeds.items() if speed >= FULL * best)


def speed(name: str, batch: int) -> float:
    """Return the images a second of a preset's loop with this batch size."""
    from benchmarks.lecture_loop import make_loop

    images, random = load_dataset("mnist").x_train, np.random.default_rng(0)
    loop = make_loop(PRESETS[name], images, batch)

    def train() -> int:
        """Take full calls, and wait for the last one: a GPU works behind Python's back."""
        steps = 0
        for _ in range(CALLS):
            indices = random.integers(len(images), size=(loop.steps_at_once, batch))
            rates = np.full(len(indices), PRESETS[name].learning_rate, np.float32)
            loop.train(indices.astype(np.int32), rates)
            steps += len(indices)
        loop.results()
        return steps

    train()  # with the compilation
    steps, began = 0, time.perf_counter()
    while (seconds := time.perf_counter() - began) < WARM_SECONDS:
        steps += train()
    return steps * batch / seconds


def main() -> None:
    """Measure if there is a GPU, and print one JSON object."""
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(device) for device in devices]
    names = [detail.get("device_name", "a GPU") for detail in details]
    speeds = {
        name: {batch: speed(name, batch) for batch in BATCHES} for name in NETWORKS if devices
    }
    print(json.dumps({"gpus": names, "speeds": speeds}))


if __name__ == "__main__":
    main()
