"""How long trainings and other jobs take, and how long one waits for its turn."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import NamedTuple

from vae.architecture import summarize
from vae.config import Config
from vae.dotted_path import resolve
from vae.runs.progress import read_progress
from vae.runs.results import RESULTS
from vae.runs.run import Run

__all__ = [
    "Job",
    "epoch_seconds",
    "job_seconds",
    "last_start",
    "result_seconds",
    "run_seconds",
    "seconds_left",
    "time_in_words",
]

# Fitted to `python -m benchmarks` on 2 cores; a run on the same machine corrects them.
SECONDS_PER_MULTIPLICATION = 6e-11
SECONDS_PER_IMAGE = 3e-6
SECONDS_PER_STEP = 2e-4
START_SECONDS = 8.0  # TensorFlow's import, the data, the first compilation, the last files
MODEL_SECONDS = 20.0  # to make the model files of a run: about
# What is shorter than this says little about the machine.
COMPARABLE_EPOCH_SECONDS = 0.05


def epoch_seconds(
    config: Config, image_shape: tuple[int, int, int], images: int, classes: int = 0
) -> float:
    """Return a guess of an epoch's seconds for this many training images in the whole set."""
    used = max(1.0, images * config.train_share * (1.0 - config.validation_split))
    per_image = SECONDS_PER_IMAGE + SECONDS_PER_MULTIPLICATION * _multiplications(
        config, image_shape, classes
    )
    return used * per_image + used / min(config.batch_size, used) * SECONDS_PER_STEP


def _multiplications(config: Config, image_shape: tuple[int, int, int], classes: int) -> int:
    summary = summarize(config, image_shape, classes)
    of = {
        name: sum(layer.multiplications for layer in layers)
        for name, layers in summary.networks.items()
    }
    more = (config.importance_samples - 1) * of.get("decoder", 0)
    # It sees real images and samples: a step takes 1.5 times as long as a VAE's.
    return summary.multiplications + more + of.get("discriminator", 0)


def run_seconds(
    config: Config,
    image_shape: tuple[int, int, int],
    images: int,
    past: Iterable[Run] = (),
    classes: int = 0,
) -> float:
    """Return a guess of the whole run's seconds, corrected by the newest comparable run.

    past: runs of this machine, the newest first; one of the same kind of network on as many
    images tells how fast the machine is.
    """
    factor = 1.0
    for run in past:
        measured = run.status.get("seconds_per_epoch", 0.0)
        if (
            not (run.shipped or run.status.get("imported"))  # other machines
            and run.info.get("images") == images
            and run.config.network == config.network
            and measured > COMPARABLE_EPOCH_SECONDS
        ):
            factor = measured / epoch_seconds(run.config, run.image_shape, images, run.classes)
            break
    seconds = epoch_seconds(config, image_shape, images, classes)
    return START_SECONDS + config.epochs * factor * seconds


def seconds_left(run: Run) -> float:
    """Return a guess of the seconds that a run in progress still needs."""
    status = run.status
    steps, step, epoch = (status.get(name, 0) for name in ("steps", "step", "epoch"))
    done = max(epoch - 1, 0) + step / max(steps, 1)
    guess = epoch_seconds(run.config, run.image_shape, run.info.get("images", 0), run.classes)
    return max(0.0, run.epochs - done) * status.get("seconds_per_epoch", guess)


def result_seconds(run: Run, name: str) -> float:
    """Return a guess of the seconds that a result of `RESULTS` takes, its start included."""
    result = RESULTS[name]
    start = START_SECONDS if result.needs_tensorflow else 0.0
    seconds = result.seconds
    return start + float(resolve(seconds)(run) if isinstance(seconds, str) else seconds)


def job_seconds(run: Run, action: str) -> float:
    """Return a guess of the seconds that a job beside training still takes, its start included."""
    progress = read_progress(run.path, action)
    # As expected when it began: what is there of it since then, and so is missing no more, is in
    # the fraction too.
    seconds = progress.seconds
    if not seconds:
        seconds = result_seconds(run, action) if action in RESULTS else MODEL_SECONDS
    return seconds * (1.0 - progress.fraction)


class Job(NamedTuple):
    """What a queue works on: its seconds, and its owner, if owners have one at a time."""

    seconds: float
    owner: str | None = None


def last_start(running: list[Job], queued: list[Job], workers: int) -> tuple[int, float]:
    """Return how many jobs are ahead of the last queued one, and the seconds until it starts."""
    *ahead, last = queued
    ends = [(job.seconds, job.owner) for job in running]  # and those that start meanwhile
    heapq.heapify(ends)
    waiting, now, first = list(queued), 0.0, 0
    while True:
        busy = {owner for _, owner in ends if owner is not None}
        able = [index for index, job in enumerate(waiting) if job.owner not in busy]
        if able and len(ends) < workers:
            job = waiting.pop(able[0])
            if able[0] == len(waiting):
                return first, now
            heapq.heappush(ends, (now + job.seconds, job.owner))
            continue
        if not now:
            # It waits for a worker, or, with workers to spare, only for jobs of the same owner.
            others = [*running, *ahead]
            full = len(ends) >= workers
            first = len([job for job in others if full or job.owner == last.owner])
        now, _ = heapq.heappop(ends)


def time_in_words(seconds: float) -> str:
    """Return a duration as one would say it: "12 s", "3 min", "1 h 20 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
