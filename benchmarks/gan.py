"""A step of a GAN beside one of a VAE with the same networks, in turn, in one process."""

from __future__ import annotations

import math
import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measuring import ratios, spread, verdict
from vae.config import Config
from vae.presets import PRESETS

if TYPE_CHECKING:
    from vae.training.loop import Loop

__all__ = ["gan"]

ROUNDS = 9
AT_MOST = 2.5  # steps of the VAE
SECONDS = 1.0  # about, of a side in a round


def gan() -> None:
    """Print the time of a step of each, and their ratio, as a Markdown table."""
    print(f"\nA training step on 28 x 28 images, {ROUNDS} rounds of each side in turn.\n")
    print("| networks | VAE (ms) | GAN (ms) | ratio (range over the rounds) | goal |")
    print("|---|---|---|---|---|")
    for name in ("gan", "gan-convolutional"):
        config = PRESETS[name]
        vae, adversarial = _milliseconds(config.replace(kind="vae"), config)
        values = ratios(adversarial, vae)
        goal = verdict(statistics.median(values), at_most=AT_MOST)
        cells = [spread(vae), spread(adversarial), spread(values), goal]
        print(f"| {name} | {' | '.join(cells)} |")


def _milliseconds(*configs: Config) -> list[list[float]]:
    """Return the time of a step in each round, for each configuration."""
    loops = [_loop(config) for config in configs]
    for loop in loops:
        _step_seconds(loop, loop.chunk)  # compiled
    counts = [max(1, round(SECONDS / _step_seconds(loop, loop.chunk))) for loop in loops]
    rounds = [
        [1000 * _step_seconds(loop, count) for loop, count in zip(loops, counts, strict=True)]
        for _ in range(ROUNDS)
    ]
    return [[each[side] for each in rounds] for side in range(len(configs))]


def _loop(config: Config) -> Loop:
    from vae.model.base import build
    from vae.model.optimizers import make_optimizer
    from vae.training.loop import Loop

    # Any images take as long.
    images = np.random.default_rng(0).integers(0, 256, (10_000, 28, 28, 1), dtype=np.uint8)
    model = build(config, (28, 28, 1), 10)
    model.compile(optimizer=make_optimizer(config, math.prod(images.shape[1:])))
    return Loop(model, images, config.batch_size, np.zeros(len(images), np.uint8))


def _step_seconds(loop: Loop, count: int) -> float:
    """Train about so many steps, whole calls; return the seconds of one."""
    size, calls = loop.chunk, max(1, count // loop.chunk)
    batch = loop.model.config.batch_size
    batches = np.random.default_rng(0).integers(0, 10_000, (size, batch), np.int32)
    rates = np.full(size, 1e-4, np.float32)
    began = time.perf_counter()
    for _ in range(calls):
        loop.train(batches, rates)
    return (time.perf_counter() - began) / (calls * size)
