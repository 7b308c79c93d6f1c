"""What it costs to watch learning: one training, whose epochs alternate with and without snapshots.

These are snapshots within an epoch. Each epoch that has some is compared with the two beside it,
so that a slow minute of the machine meets both; seconds of the processor are less disturbed by
other programs than those of the clock. The first epoch has them at fixed steps, whatever they
take: their seconds are measured one by one, and set against the whole run that the preset is.
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

from benchmarks.measuring import spread, verdict
from vae.config import Config
from vae.data.datasets import find_dataset, load_dataset
from vae.presets import PRESETS

__all__ = ["live_snapshots"]

MAX_RATIO = 1.03
MAX_MEGABYTES = 20.0
# How many epochs, of which the first is not compared, on what fraction of the images.
TRAININGS = {"recommended": (42, 1.0), "convolutional": (14, 0.4)}


def live_snapshots() -> None:
    """Print how much slower and larger a training is, as a Markdown table."""
    if find_dataset("mnist") is None:
        print("Live snapshots are measured on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    titles = (
        *("preset", "seconds an epoch without", "clock: ratio with snapshots (quartiles)"),
        *("processor: the same", "snapshots in the first epoch", "processor seconds of one"),
        *("processor: a whole run with snapshots", "goal"),
        *("growth of memory over all (MB)", "goal"),
    )
    print("\nSnapshots within epochs on full MNIST.\n")
    print(f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    for preset, (epochs, fraction) in TRAININGS.items():
        print(
            _line(preset, PRESETS[preset].replace(epochs=epochs, train_share=fraction)), flush=True
        )


def _line(preset: str, config: Config) -> str:
    previews, clock, processor = _train(config)
    slower, busier = _ratios(clock), _ratios(processor)
    first = [cost for epoch, cost, _ in previews if epoch == 1]
    of_an_epoch = statistics.median(processor[0::2])
    run_seconds = PRESETS[preset].epochs * of_an_epoch / config.train_share
    whole = statistics.median(busier) + sum(first) / run_seconds
    growth = sum(bytes_ for _, _, bytes_ in previews) / 2**20
    cells = [
        preset,
        f"{statistics.median(clock[0::2]):.2f}",
        _quartiles(slower),
        _quartiles(busier),
        f"{len(first)}",
        spread(first, 3),
        f"{whole:.3f}",
        verdict(whole, at_most=MAX_RATIO),
        f"{growth:.1f}",
        verdict(growth, at_most=MAX_MEGABYTES),
    ]
    return f"| {' | '.join(cells)} |"


def _ratios(seconds: list[float]) -> list[float]:
    """Return those of each epoch with snapshots (3, 5, ...) over the mean of its neighbours."""
    return [
        2.0 * watched / (before + after)
        for before, watched, after in zip(seconds[0::2], seconds[1::2], seconds[2::2], strict=False)
    ]


def _quartiles(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def _train(config: Config) -> tuple[list[tuple[int, float, int]], list[float], list[float]]:
    """Return epoch, seconds and new bytes of each snapshot, and seconds of each epoch, twice.

    Those of the clock and of the processor, from the second epoch on.
    """
    from vae.training.live_snapshots import LiveSnapshots
    from vae.training.train import train

    previews: list[tuple[int, float, int]] = []
    ends: list[tuple[float, float]] = []
    process = psutil.Process()
    take, after_steps = LiveSnapshots.take, LiveSnapshots.after_steps

    def measured(live: LiveSnapshots, position: Any) -> None:
        began, before = time.process_time(), process.memory_info().rss
        take(live, position)
        growth = process.memory_info().rss - before
        previews.append((position.epoch, time.process_time() - began, growth))

    def in_turn(live: LiveSnapshots, position: Any) -> None:
        if position.epoch % 2:
            after_steps(live, position)

    def note(row: dict[str, Any]) -> None:
        if row["kind"] == "epoch":
            ends.append((time.perf_counter(), time.process_time()))

    changes = {"take": measured, "after_steps": in_turn}
    with tempfile.TemporaryDirectory() as folder, mock.patch.multiple(LiveSnapshots, **changes):
        train(config, load_dataset("mnist"), note, out=Path(folder) / "run")
    clock, processor = (
        [after - before for before, after in itertools.pairwise(times)]
        for times in zip(*ends, strict=True)
    )
    return previews, clock, processor
