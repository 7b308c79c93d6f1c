"""How a run is doing, in words, and the problems that VAEs are known for, each with its cure."""

from __future__ import annotations

import math

from vae.config import Config
from vae.evaluation.adversarial import adversarial_problems, describe_balance
from vae.evaluation.problem import Problem, rows_since_last_change
from vae.runs.control import trained_settings
from vae.runs.run import Run
from vae.runs.schema import ElboRow, Row, elbo_rows

__all__ = ["USED_NATS", "Problem", "describe_training", "dimensions_in_use", "problems"]

USED_NATS = 0.1  # a latent dimension below this mean KL holds next to nothing about the image
# Median distance from a code of the prior to the nearest of 1,000 posteriors, in that posterior's
# standard deviations (root mean square over dimensions). Measured on MNIST after training: 2.7 and
# 3.5 with beta 1 (4-D, 16-D), 9.7 and 12.7 with the lecture's beta of 0.0392.
HOLES_DISTANCE = 6.0
SETTLED_FRACTION = 0.003  # less change of the reconstruction in an epoch counts as none
UNTRAINED_FRACTION = 0.9  # of the loss of an all-grey image, 0.693 nats a pixel
RISING = 2.0
# Densities of grey levels have no zero to take a multiple of.
RISING_NATS_PER_PIXEL = 0.5
MIN_EPOCHS = 2  # before which a run has shown too little


def dimensions_in_use(row: ElboRow) -> int:
    """Return how many latent dimensions have a mean KL of at least 0.1 nats in a row."""
    return sum(nats >= USED_NATS for nats in row["kl_per_dimension"])


def describe_training(config: Config, rows: list[Row]) -> str:
    """Return a plain sentence on what the rows of a run say."""
    if config.has("classifier"):
        return _how_accurate(rows)
    if config.has("discriminator"):
        return describe_balance(rows)
    learned = elbo_rows(rows)
    if not learned:
        return "The first steps are running."
    epochs = [row["reconstruction"] for row in learned if row["kind"] == "epoch"]
    words = "Reconstruction has just begun to fall"
    if len(epochs) >= MIN_EPOCHS:
        fall = epochs[-2] - epochs[-1]
        if abs(fall) < SETTLED_FRACTION * abs(epochs[-1]):
            words = f"Reconstruction has settled near {epochs[-1]:.1f} nats"
        elif fall > 0:
            words = f"Reconstruction is still falling, by {fall:.1f} nats in the last epoch"
        else:
            words = f"Reconstruction rose by {-fall:.1f} nats in the last epoch"
    if not config.has("posterior"):
        return f"{words}."
    used, all_of_them = dimensions_in_use(learned[-1]), config.latent_dim
    dimensions = "dimension is" if all_of_them == 1 else "dimensions are"
    return f"{words}; {used} of {all_of_them} latent {dimensions} in use."


def _how_accurate(rows: list[Row]) -> str:
    """Return the same of a classifier."""
    epochs = [row for row in rows if row["kind"] == "epoch" and "accuracy" in row]
    if not epochs:
        return "The first steps are running."
    last = epochs[-1]
    words = f"{last['accuracy']:.1%} of the training images were recognised in the last epoch"
    if "val_accuracy" in last:
        words += f", {last['val_accuracy']:.1%} of those that are held back"
    return f"{words}."


def problems(run: Run) -> list[Problem]:
    """Return what is wrong with a run now, the most urgent first.

    Settings are blamed for what was trained with them alone, and after a change not before a whole
    epoch was.
    """
    settings = trained_settings(run.config, run.rows)
    if run.state == "diverged":
        return [_too_fast(settings, "The loss is no longer a finite number")]
    requested = run.control.settings
    if any(value != getattr(settings, name) for name, value in requested.items()):
        return []  # their effect is not known yet
    if run.config.has("discriminator"):
        return adversarial_problems(run, settings)
    learned = _since_last_change(run.rows)
    if not learned or not run.config.has("likelihood"):
        return []
    last = learned[-1]
    lowest = min(row["reconstruction"] for row in learned)
    allowed = (RISING - 1.0) * lowest
    if settings.is_density:
        allowed = RISING_NATS_PER_PIXEL * math.prod(run.image_shape)
    if last["reconstruction"] - lowest > allowed:
        return [_too_fast(settings, f"Reconstruction rose from {lowest:.0f} nats")]
    epochs = [row for row in learned if row["kind"] == "epoch"]
    if not epochs:
        return []
    found = [_no_learning(settings, run, epochs), _collapse(settings, last)]
    found.append(_holes(settings, epochs[-1]))
    return [problem for problem in found if problem is not None]


def _too_fast(settings: Config, what: str) -> Problem:
    rate = float(f"{settings.learning_rate / 10:.6g}")
    return Problem(
        "Divergence",
        f"{what}: a learning rate of {settings.learning_rate:g} makes steps that are too large.",
        {"learning_rate": rate},
        f"Continue with a learning rate of {rate:g}",
    )


def _no_learning(settings: Config, run: Run, epochs: list[ElboRow]) -> Problem | None:
    if settings.is_density:
        return None  # what plain grey costs is known of the Bernoulli likelihood alone
    grey = math.prod(run.image_shape) * math.log(2.0)
    now = epochs[-1]["reconstruction"]
    if len(epochs) < MIN_EPOCHS or now < UNTRAINED_FRACTION * grey:
        return None
    if epochs[-2]["reconstruction"] - now > 3 * SETTLED_FRACTION * now:
        return None  # slowly, but it does
    rate = float(f"{min(settings.learning_rate * 10, 10.0):.6g}")
    return Problem(
        "No learning",
        f"After {len(epochs)} epochs the reconstructions are hardly better than plain grey "
        f"({now:.0f} of {grey:.0f} nats): a learning rate of {settings.learning_rate:g} is likely "
        "too small.",
        {"learning_rate": rate},
        f"Continue with a learning rate of {rate:g}",
    )


def _collapse(settings: Config, last: ElboRow) -> Problem | None:
    if not settings.has("posterior") or not settings.beta or dimensions_in_use(last):
        return None
    if settings.capacity:
        return None  # beta holds the KL up: it is as small as the capacity that was asked for
    cure = 1.0 if settings.beta > 1.0 else settings.beta / 10
    return Problem(
        "Posterior collapse",
        f"The KL is near zero in all dimensions ({last['kl']:.2f} nats): the code says nothing "
        "about the image, and every picture decodes to the same blur. "
        f"A beta of {settings.beta:g} gives the KL too much weight.",
        {"beta": cure},
        f"Continue with a beta of {cure:g}",
    )


def _holes(settings: Config, last: ElboRow) -> Problem | None:
    distance = last.get("prior_distance", 0.0)
    if not settings.has("posterior") or settings.beta >= 1.0 or distance < HOLES_DISTANCE:
        return None
    return Problem(
        "Holes in the latent space",
        f"Random codes lie {distance:.0f} standard deviations away from the nearest posterior, "
        "where the decoder was never trained: samples look broken although reconstructions are "
        f"good. A beta of {settings.beta:.3g} hardly pulls the posteriors towards the prior.",
        {"beta": 1.0},
        "Continue with a beta of 1",
    )


def _since_last_change(rows: list[Row]) -> list[ElboRow]:
    """Return the rows of the settings of now; none until a whole epoch was trained with them."""
    return elbo_rows(rows_since_last_change(rows))
