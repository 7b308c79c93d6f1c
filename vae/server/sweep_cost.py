"""What a sweep costs: how many runs, about how long, about how much disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.filesize import decimal

from vae.architecture import summarize
from vae.config import Config
from vae.data.datasets import Dataset
from vae.environment import is_public, worker_count
from vae.runs.run import Run
from vae.server.durations import START_SECONDS, run_seconds, time_in_words
from vae.sweeps.plan import PlannedRun
from vae.sweeps.study import Sweep

__all__ = ["Images", "SweepCost", "cost_in_words", "planned_cost", "sweep_cost", "sweep_processes"]

# Of a run beside its epochs, in a process that has TensorFlow: compiling, measuring, its files.
RUN_SECONDS = 5.0
# A parameter is 4 bytes, in model.keras, in the ONNX files, and with Adam's averages in the
# checkpoint three times.
BYTES_PER_PARAMETER = 4 * (1 + 1 + 3)
BYTES_PER_PIXEL = 65  # of a snapshot an epoch: samples, reconstructions
FIXED_BYTES = 40_000
CODE_BYTES = 7  # of one of a test image's numbers, compressed


def sweep_processes() -> int:
    """Return how many processes train a sweep: where strangers share a server it is one job."""
    return 1 if is_public() else worker_count()


class Images(NamedTuple):
    """What a cost depends on of a data set: image shape, numbers of images, classes."""

    shape: tuple[int, int, int]
    train: int
    test: int
    classes: int

    @classmethod
    def of(cls, dataset: Dataset) -> Images:
        """Return those of a data set."""
        counts = len(dataset.x_train), len(dataset.x_test)
        return cls(dataset.image_shape, *counts, dataset.classes)


class SweepCost(NamedTuple):
    """runs: left to train. seconds: until all are, by this machine. bytes: of their folders."""

    runs: int
    seconds: float
    bytes: int


def sweep_cost(sweep: Sweep, past: Iterable[Run] = (), processes: int | None = None) -> SweepCost:
    """Guess what is left of a sweep; of a search as if each proposal were its configuration."""
    left = sweep.left()
    to_come = sweep.total - len(sweep.plan.runs)
    more = [PlannedRun({}, sweep.config.seed, sweep.config)] * to_come
    settings = sweep.settings
    height, width, channels = settings["image_shape"]
    counts = settings["train_images"], settings["test_images"], len(settings["class_names"])
    images = Images((height, width, channels), *counts)
    return planned_cost([*left, *more], images, past, processes)


def planned_cost(
    runs: Sequence[PlannedRun],
    images: Images,
    past: Iterable[Run] = (),
    processes: int | None = None,
) -> SweepCost:
    """Guess what runs cost. past: runs of this machine: see `run_seconds`."""
    past, seconds, size = list(past), 0.0, 0
    known: dict[Config, tuple[float, int]] = {}
    for planned in runs:
        config = planned.config.replace(seed=0)  # seeds cost the same
        if config not in known:
            whole = run_seconds(config, images.shape, images.train, past, images.classes)
            known[config] = whole - START_SECONDS + RUN_SECONDS, _bytes(config, images)
        seconds += known[config][0]
        size += known[config][1]
    at_once = max(1, min(processes or sweep_processes(), len(runs)))
    return SweepCost(len(runs), START_SECONDS * bool(runs) + seconds / at_once, size)


def _bytes(config: Config, images: Images) -> int:
    """Return about what a run's folder takes, by what such runs have taken."""
    height, width, channels = images.shape
    total = summarize(config, images.shape, images.classes).total
    codes = 2 * config.latent_dim if config.has("encoder") else 0
    return (
        BYTES_PER_PARAMETER * total
        + CODE_BYTES * codes * images.test // 2
        + config.epochs * BYTES_PER_PIXEL * height * width * channels
        + FIXED_BYTES
    )


def cost_in_words(cost: SweepCost) -> str:
    """Return it as a sentence, as "24 runs, about 3 min and 12 MB of disk."."""
    runs = f"{cost.runs:,} run{'s' * (cost.runs != 1)}"
    return f"{runs}, about {time_in_words(cost.seconds)} and {decimal(cost.bytes)} of disk."
