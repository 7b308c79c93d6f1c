"""What it costs to watch learning: one training, whose epochs take turns with and without looks.

A look is a snapshot within an epoch. Neighbouring epochs are compared, so that a slow minute of the
machine meets both. The first epoch has looks at fixed steps, whatever they take: their seconds
are measured one by one, and set against the whole run that the preset is.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

import psutil

from benchmarks.measuring import ratios, spread, verdict
from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.presets import PRESETS

__all__ = ["live_snapshots"]

MAX_RATIO = 1.03
MAX_MEGABYTES = 20.0
EPOCHS = {"recommended": 21, "convolutional": 7}  # of which the first is not compared


def live_snapshots() -> None:
    """Print how much slower and larger a training is, as a Markdown table."""
    if find_dataset("mnist") is None:
        print("Live snapshots are measured on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    dataset = load_dataset("mnist")
    titles = (
        *("preset", "seconds an epoch without", "ratio with looks (range over pairs)"),
        *("looks in the first epoch", "seconds of one", "whole run with looks", "goal"),
        *("growth of memory over all (MB)", "goal"),
    )
    print("\nLooks within epochs on full MNIST.\n")
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    for preset, epochs in EPOCHS.items():
        print(_line(preset, epochs, dataset), flush=True)


def _line(preset: str, epochs: int, dataset: Dataset) -> str:
    looks, ends = _train(preset, epochs, dataset)
    seconds = [after - before for before, after in itertools.pairwise(ends)]
    without, watched = seconds[0::2], seconds[1::2]  # of the epochs 2, 4, ... and 3, 5, ...
    slower = ratios(watched, without)
    first = [cost for epoch, cost, _ in looks if epoch == 1]
    run_seconds = PRESETS[preset].epochs * statistics.median(without)
    whole = statistics.median(slower) + sum(first) / run_seconds
    growth = sum(bytes_ for _, _, bytes_ in looks) / 2**20
    cells = [
        preset,
        f"{statistics.median(without):.2f}",
        spread(slower, 3),
        f"{len(first)}",
        spread(first, 3),
        f"{whole:.3f}",
        verdict(whole, at_most=MAX_RATIO),
        f"{growth:.1f}",
        verdict(growth, at_most=MAX_MEGABYTES),
    ]
    return f"| {' | '.join(cells)} |"


def _train(
    preset: str, epochs: int, dataset: Dataset
) -> tuple[list[tuple[int, float, int]], list[float]]:
    """Return epoch, seconds and new bytes of each look, and when each epoch ended."""
    from vae.training.live_snapshots import LiveSnapshots
    from vae.training.train import train

    looks: list[tuple[int, float, int]] = []
    ends: list[float] = []
    process = psutil.Process()
    take, after_steps = LiveSnapshots.take, LiveSnapshots.after_steps

    def measured(live: LiveSnapshots, position: Any) -> None:
        began, before = time.perf_counter(), process.memory_info().rss
        take(live, position)
        growth = process.memory_info().rss - before
        looks.append((position.epoch, time.perf_counter() - began, growth))

    def in_turn(live: LiveSnapshots, position: Any) -> None:
        if position.epoch % 2:
            after_steps(live, position)

    def note(row: dict[str, Any]) -> None:
        if row["kind"] == "epoch":
            ends.append(time.perf_counter())

    config = PRESETS[preset].replace(epochs=epochs)
    changes = {"take": measured, "after_steps": in_turn}
    with tempfile.TemporaryDirectory() as folder, mock.patch.multiple(LiveSnapshots, **changes):
        train(config, dataset, note, out=Path(folder) / "run")
    return looks, ends
