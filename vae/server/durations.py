"""How long a training will take, before it starts."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import NamedTuple

from vae.architecture import summarize
from vae.config import Config
from vae.evaluation.likelihood import asked_likelihood
from vae.runs.progress import read_progress
from vae.runs.run import Run

__all__ = [
    "Job",
    "epoch_seconds",
    "job_seconds",
    "likelihood_seconds",
    "run_seconds",
    "seconds_left",
    "time_in_words",
    "turn",
]

# Fitted to `python -m benchmarks` on 2 cores; a run on the same machine corrects them.
SECONDS_PER_MULTIPLICATION = 6e-11
SECONDS_PER_IMAGE = 3e-6
SECONDS_PER_STEP = 2e-4
START_SECONDS = 8.0  # TensorFlow's import, the data, the first compilation, the last files
SECONDS_PER_DECODED = 5e-11  # a multiplication of the decoder, where it does not learn
OTHER_SECONDS = 20.0  # t-SNE, an export, what the space knows, how good samples are: about
# What is shorter than this says little about the machine.
COMPARABLE_EPOCH_SECONDS = 0.05
COMPARABLE_LIKELIHOOD_SECONDS = 15.0


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
    decoder = sum(layer.multiplications for layer in summary.decoder)
    return summary.multiplications + (config.importance_samples - 1) * decoder


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


def likelihood_seconds(run: Run, samples: int) -> float:
    """Return a guess of the seconds that the likelihood of all test images takes.

    One that was measured on this machine says how fast it is.
    """
    elsewhere = run.shipped or run.status.get("imported")
    known = (
        found
        for found in run.likelihood.values()
        if not elsewhere and found["seconds"] >= COMPARABLE_LIKELIHOOD_SECONDS
    )
    most = max(known, key=lambda found: found["importance_samples"], default=None)
    if most is not None:
        return samples * most["seconds"] / most["importance_samples"]
    decoder = summarize(run.config, run.image_shape, run.classes).decoder
    per_image = SECONDS_PER_DECODED * sum(layer.multiplications for layer in decoder)
    return samples * per_image * len(run.latents.get("mean", ()))


def job_seconds(run: Run, action: str) -> float:
    """Return a guess of the seconds that a job beside training still takes, its start included."""
    seconds = OTHER_SECONDS
    if action == "likelihood" and (asked := asked_likelihood(run)):
        seconds = START_SECONDS + likelihood_seconds(run, asked[0])
    return seconds * (1.0 - read_progress(run.path, action).share)


class Job(NamedTuple):
    """What a queue works on: its seconds, and whose it is, if they have one at a time."""

    seconds: float
    owner: str | None = None


def turn(under_way: list[Job], line: list[Job], workers: int) -> tuple[int, float]:
    """Return how many jobs go before the last one of a line, and the seconds until its turn."""
    *ahead, last = line
    ends = [(job.seconds, job.owner) for job in under_way]  # and those that begin meanwhile
    heapq.heapify(ends)
    left, now, go_first = list(line), 0.0, 0
    while True:
        busy = {owner for _, owner in ends if owner is not None}
        able = [place for place, job in enumerate(left) if job.owner not in busy]
        if able and len(ends) < workers:
            job = left.pop(able[0])
            if able[0] == len(left):
                return go_first, now
            heapq.heappush(ends, (now + job.seconds, job.owner))
            continue
        if not now:
            # It waits for a place, or, with places to spare, for those of the same owner alone.
            others = [*under_way, *ahead]
            full = len(ends) >= workers
            go_first = len([job for job in others if full or job.owner == last.owner])
        now, _ = heapq.heappop(ends)


def time_in_words(seconds: float) -> str:
    """Return a duration as one would say it: "12 s", "3 min", "1 h 20 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
