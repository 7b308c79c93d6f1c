"""What it costs to watch learning: the same training with and without snapshots within epochs.

Both take turns in one process, so that a slow minute of the machine meets both. The first training
of each kind of network is not counted: it holds imports and compilation that the next ones share.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import psutil

from benchmarks.measuring import ratios, spread, verdict
from vae.config import Config
from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.presets import PRESETS

__all__ = ["live_snapshots"]

ROUNDS = 5
MAX_RATIO = 1.03
MAX_MEGABYTES = 20
# Of each network as many epochs and images as take some seconds.
TRAININGS = {
    "dense": PRESETS["recommended"].replace(epochs=12),
    "convolutional": PRESETS["convolutional"].replace(epochs=1, train_share=0.3),
}


class _Cost(NamedTuple):
    """Seconds that a run has trained, megabytes of the process then, how many looks it had."""

    seconds: float
    megabytes: float
    looks: int


def live_snapshots() -> None:
    """Print how much slower and larger a training is, as a Markdown table."""
    if find_dataset("mnist") is None:
        print("Live snapshots are measured on MNIST: set VAE_DATA_DIR, or download it in the app.")
        return
    dataset = load_dataset("mnist")
    print(
        f"\nTraining with and without snapshots within epochs, {ROUNDS} rounds in turn.\n\n"
        "| network | seconds without | with | ratio (range over the rounds) | goal | looks | "
        "more memory (MB) | goal |\n|---|---|---|---|---|---|---|---|"
    )
    for name, config in TRAININGS.items():
        print(_line(name, config, dataset), flush=True)


def _line(name: str, config: Config, dataset: Dataset) -> str:
    _train(config, dataset)
    found: dict[bool, list[_Cost]] = {False: [], True: []}
    for turn in range(ROUNDS):
        for watched in (False, True) if turn % 2 else (True, False):
            with _looks(watched) as looks:
                seconds = _train(config, dataset)
            megabytes = psutil.Process().memory_info().rss / 2**20
            found[watched].append(_Cost(seconds, megabytes, len(looks)))
    without, watched = found[False], found[True]
    slower = ratios([each.seconds for each in watched], [each.seconds for each in without])
    larger = max(each.megabytes for each in watched) - max(each.megabytes for each in without)
    cells = [
        name,
        f"{statistics.median(each.seconds for each in without):.2f}",
        f"{statistics.median(each.seconds for each in watched):.2f}",
        spread(slower, 3),
        verdict(statistics.median(slower), at_most=MAX_RATIO),
        f"{statistics.median(each.looks for each in watched):.0f}",
        f"{larger:.0f}",
        verdict(larger, at_most=MAX_MEGABYTES),
    ]
    return f"| {' | '.join(cells)} |"


def _train(config: Config, dataset: Dataset) -> float:
    """Train in a folder of its own; return the seconds of training alone."""
    from vae.training.train import train

    with tempfile.TemporaryDirectory() as folder:
        return train(config, dataset, out=Path(folder) / "run").status.get("seconds_trained", 0.0)


@contextmanager
def _looks(watched: bool) -> Iterator[list[object]]:
    """Train without snapshots within epochs, or yield a list to which each adds its position."""
    from vae.training.live_snapshots import LiveSnapshots

    looks: list[object] = []
    take = LiveSnapshots.take

    def counted(live: LiveSnapshots, position: object) -> None:
        looks.append(position)
        take(live, position)  # pyright: ignore[reportArgumentType]

    changes = {"take": counted}
    if not watched:
        changes = {"take": lambda *_: None, "steps_until_due": lambda *_: float("inf")}
    with mock.patch.multiple(LiveSnapshots, **changes):
        yield looks
