"""How the training of a GAN is doing, and the three problems that GANs are known for.

The discriminator wins where it tells samples from real images without a doubt (Arjovsky & Bottou
2017). The game oscillates where each network answers the other one's last step and both losses
swing (Mescheder et al. 2018). Modes collapse where many codes become the same few images
(Goodfellow 2016, section 5.1.1), which the classifier of digits sees.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np

from vae.config import Config
from vae.evaluation.digit_classifier import classify
from vae.evaluation.problem import Problem, rows_since_last_change
from vae.evaluation.sample_quality import is_measurable
from vae.files import file_version
from vae.runs import layout
from vae.runs.run import Run
from vae.runs.schema import AdversarialRow, Row

__all__ = ["adversarial_problems", "describe_balance"]

WON = 0.05  # D(fake) below this, and D(real) as near to 1: the discriminator has no doubts
# Steps in which the losses find their place and samples are one blur: up to 200, by 12 runs.
FIRST_STEPS = 300
# Standard deviation of a loss over the rows of the last epochs, without its trend, as a fraction of
# its mean; the first steps left out. Measured on MNIST, Animals and Digits, dense and convolutional
# (recorded in tests/evaluation/gan_histories.json): with a penalty of 1 or 10 at most 0.08, of
# either loss; without one, or with steps ten times too large, 0.15 to 5 while the training swings.
SWING = 0.15
SWING_EPOCHS = 3
# Of ten, among 64 samples: of even ones that happens once in 100,000 runs. Measured: at most 2 in
# runs that learn, 3 to 9 in those that collapse.
MISSING_CLASSES = 3
MAX_CLASS_FRACTION = 0.5  # of the samples that are of one class; at most 0.4 in runs that learn
MIN_PENALTY = 1.0


def describe_balance(rows: list[Row]) -> str:
    """Return in a plain sentence how the two networks stand by the rows of a GAN."""
    learned = [row for row in rows if row["kind"] != "change" and "d_real" in row]
    if not learned:
        return "The first steps are running."
    last = learned[-1]
    real, fake = last["d_real"], last["d_fake"]
    if real - fake < 0.1:
        balance = "it can hardly tell them apart"
    elif fake < WON and real > 1.0 - WON:
        balance = "it has no doubts, so the generator learns little from it"
    else:
        balance = "it tells some of them apart, so the generator still has something to learn"
    return (
        f"The discriminator takes real images for real with a probability of {real:.2f} and "
        f"samples with {fake:.2f}: {balance}."
    )


def adversarial_problems(run: Run, settings: Config) -> list[Problem]:
    """Return what is wrong with a GAN now, the most urgent first.

    settings: those that its last rows were trained with. Of a run that ended, as of one that
    trains, what counts are whole epochs.
    """
    learned = [
        cast("AdversarialRow", row) for row in rows_since_last_change(run.rows) if "d_real" in row
    ]
    epochs = [row for row in learned if row["kind"] == "epoch"]
    if not epochs:
        return []
    last = epochs[-1]
    steps = [
        row
        for row in learned
        if row["kind"] == "step"
        and row["epoch"] > last["epoch"] - SWING_EPOCHS
        and _steps_until(row, last) > FIRST_STEPS
    ]
    won = _wins(settings, last)
    found = [won, _swings(settings, steps, won is not None)]
    if _steps_until(last, last) > FIRST_STEPS:
        found.append(_collapses(settings, run))
    return [problem for problem in found if problem is not None]


def _steps_until(row: AdversarialRow, epoch: AdversarialRow) -> int:
    """Return how many steps were taken until a row; epoch: the row of a whole epoch."""
    return (row["epoch"] - 1) * epoch["step"] + row["step"]


def _wins(settings: Config, last: AdversarialRow) -> Problem | None:
    real, fake = last["d_real"], last["d_fake"]
    if fake >= WON or real <= 1.0 - WON:
        return None
    return _with_more_penalty(
        settings,
        "The discriminator wins",
        f"It finds samples real with a probability of {fake:.2f} and real images with {real:.2f}, "
        "without a doubt, so it hardly tells the generator how to get better.",
    )


def _swings(settings: Config, steps: list[AdversarialRow], won: bool) -> Problem | None:
    """Judge the loss of both networks; the discriminator's unless it has won: it is next to 0."""
    if len({row["epoch"] for row in steps}) < SWING_EPOCHS:
        return None
    swings = {"generator": _swing([row["loss"] for row in steps])}
    if not won:
        swings["discriminator"] = _swing([row["discriminator_loss"] for row in steps])
    network = max(swings, key=swings.__getitem__)
    if swings[network] < SWING:
        return None
    return _with_more_penalty(
        settings,
        "Oscillation",
        f"The {network}'s loss swings by {swings[network]:.0%} of its mean from row to row: each "
        "network answers the other one's last steps instead of getting better.",
    )


def _swing(losses: list[float]) -> float:
    """Return the standard deviation of losses (n,) around their line, as a fraction of the mean."""
    values, at = np.array(losses), np.arange(len(losses))
    # A slow rise or fall is none: it is taken out.
    line = np.polynomial.Polynomial.fit(at, values, 1)
    return float((values - line(at)).std() / values.mean())


def _collapses(settings: Config, run: Run) -> Problem | None:
    if not is_measurable(run) or not run.snapshot_epochs:
        return None
    counts = _digits_of_samples(run)
    missing = [str(digit) for digit in np.flatnonzero(counts == 0)]
    fraction = float(counts.max() / counts.sum())
    if len(missing) < MISSING_CLASSES and fraction < MAX_CLASS_FRACTION:
        return None
    what = f"{fraction:.0%} of the {counts.sum()} samples are a {counts.argmax()}"
    if len(missing) >= MISSING_CLASSES:
        what += f", and none is a {', '.join(missing[:-1])} or {missing[-1]}"
    return _with_more_penalty(
        settings,
        "Mode collapse",
        f"{what}, by the classifier: many codes become much the same few images.",
    )


def _with_more_penalty(settings: Config, name: str, words: str) -> Problem:
    penalty = float(f"{min(max(MIN_PENALTY, 3.0 * settings.gradient_penalty), 1000.0):.6g}")
    return Problem(
        name,
        f"{words} A larger gradient penalty calms the discriminator.",
        {"gradient_penalty": penalty},
        f"Continue with a gradient penalty of {penalty:g}",
    )


def _digits_of_samples(run: Run) -> np.ndarray:
    """Return how many samples of the last epoch's snapshot the classifier takes for which digit."""
    name = layout.snapshot_file(run.snapshot_epochs[-1])
    return np.array(_counted(run.path, name, file_version(run.path / name)))


@lru_cache(maxsize=50)
def _counted(path: Path, name: str, version: tuple[int, int]) -> tuple[int, ...]:
    found = Run(path).arrays(name)
    images = np.concatenate([found["samples"], found["more_samples"]])
    _, probabilities = classify(images)
    return tuple(np.bincount(probabilities.argmax(axis=1), minlength=10).tolist())
