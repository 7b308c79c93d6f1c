"""VAE Lab's compiled loop alone, without checkpoints, snapshots and curves: what those cost."""

from __future__ import annotations

import argparse
import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks.measuring import peak_megabytes
from vae.config import Config
from vae.data.datasets import load_dataset
from vae.data.split import epoch_batches
from vae.model.base import build
from vae.model.optimizers import make_optimizer
from vae.presets import PRESETS
from vae.training.loop import Loop

__all__ = ["make_loop", "train_epoch"]


def make_loop(config: Config, images: np.ndarray, batch: int) -> Loop:
    """Return the loop of a new model on images, uint8 (N, H, W, C)."""
    model = build(config, images.shape[1:])
    model.compile(optimizer=make_optimizer(config, int(np.prod(images.shape[1:]))))
    return Loop(model, images, batch)


def train_epoch(loop: Loop, epoch: int, images: int, batch: int) -> float:
    """Train one epoch on so many images; return the mean loss per image, in nats."""
    config = loop.model.config
    batches = epoch_batches(config, np.arange(images, dtype=np.int32), epoch, batch)
    rates = np.full(len(batches), config.learning_rate, np.float32)
    step = 0
    while step < len(batches):
        until = step + loop.steps_at_once
        loop.train(batches[step:until], rates[step:until])
        step = until
    return loop.results()["loss"]  # which waits for the last step


def main() -> None:
    """Train and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    config, images = PRESETS["lecture"], load_dataset("mnist").x_train
    start = time.perf_counter()
    loop = make_loop(config, images, config.batch_size)
    seconds, losses = [], []
    for epoch in range(1, arguments.epochs + 1):
        losses.append(train_epoch(loop, epoch, len(images), config.batch_size) / 784)
        seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
    result = {"epoch_seconds": seconds, "losses": losses, "peak_megabytes": peak_megabytes()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
