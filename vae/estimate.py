"""How long a training will take, before it starts."""

from __future__ import annotations

from collections.abc import Iterable

from vae.architecture import summarize
from vae.config import Config
from vae.runs import Run

__all__ = ["epoch_seconds", "run_seconds", "time_in_words"]

# Fitted to `python -m benchmarks` on 2 cores; a run on the same machine corrects them.
SECONDS_PER_MULTIPLICATION = 6e-11
SECONDS_PER_IMAGE = 3e-6
SECONDS_PER_STEP = 2e-4
START_SECONDS = 8.0  # TensorFlow's import, the data, the first compilation, the last files
COMPARABLE_EPOCH_SECONDS = 0.05  # what is shorter than this says little about the machine


def epoch_seconds(config: Config, image_shape: tuple[int, int, int], images: int) -> float:
    """Return a guess of an epoch's seconds for this many training images in the whole set."""
    used = max(1.0, images * config.train_share * (1.0 - config.validation_split))
    per_image = (
        SECONDS_PER_IMAGE
        + SECONDS_PER_MULTIPLICATION * summarize(config, image_shape).multiplications
    )
    return used * per_image + used / min(config.batch_size, used) * SECONDS_PER_STEP


def run_seconds(
    config: Config, image_shape: tuple[int, int, int], images: int, past: Iterable[Run] = ()
) -> float:
    """Return a guess of the whole run's seconds, corrected by the newest comparable run.

    past: runs of this machine, the newest first; one of the same kind of network on as many
    images tells how fast the machine is.
    """
    factor = 1.0
    for run in past:
        measured = run.status.get("seconds_per_epoch", 0.0)
        if (
            not run.shipped
            and run.info.get("images") == images
            and run.config.network == config.network
            and measured > COMPARABLE_EPOCH_SECONDS
        ):
            factor = measured / epoch_seconds(run.config, run.image_shape, images)
            break
    return START_SECONDS + config.epochs * factor * epoch_seconds(config, image_shape, images)


def time_in_words(seconds: float) -> str:
    """Return a duration as one would say it: "12 s", "3 min", "1 h 20 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
