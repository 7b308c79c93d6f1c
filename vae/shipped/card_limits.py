"""What a trained model cannot do, in sentences that its configuration and its figures decide."""

from __future__ import annotations

import math
from collections.abc import Callable

from vae.evaluation.comparison import class_nats
from vae.runs.run import Run

__all__ = ["limits_of"]

# What a model cannot do: when that is so, and how it is said.
_LIMITS: tuple[tuple[Callable[[Run], bool], Callable[[Run], str]], ...] = (
    (
        lambda run: True,
        lambda run: "It has seen one data set alone, and makes something like it of any image.",
    ),
    (
        lambda run: not run.config.is_variational,
        lambda run: (
            "Its codes have no density: random codes decode to nonsense, and there is no ELBO."
        ),
    ),
    (
        lambda run: run.config.is_conditional,
        lambda run: (
            "It is told the class of an image, and believes it. Its ELBO and its likelihood are "
            "those of an image given its class: to compare them with those of other models, add "
            f"the ln {run.classes} = {class_nats(run):.2f} nats of saying the class."
        ),
    ),
    (
        lambda run: run.config.is_variational and run.config.beta < 1.0,
        lambda run: (
            f"With a beta of {run.config.beta:.3g} posteriors do not fill the prior: samples from "
            "it fall into holes, where the decoder has learned nothing."
        ),
    ),
    (
        lambda run: run.metrics.get("active_units", math.inf) < run.config.latent_dim,
        lambda run: (
            f"It uses {run.metrics.get('active_units')} of its {run.config.latent_dim} latent "
            "dimensions."
        ),
    ),
    (
        lambda run: (
            bool(run.class_probes)
            and not run.config.is_conditional
            and _knn(run, "latent") < _knn(run, "pixels")
        ),
        lambda run: (
            "Its codes leave out some of what tells classes apart: see the nearest neighbours "
            "below."
        ),
    ),
    (
        lambda run: run.config.is_density,
        lambda run: (
            "Its nats are those of a density and may be negative: they compare with no others."
        ),
    ),
    (
        lambda run: not run.config.is_density and run.config.binarisation == "none",
        lambda run: (
            "Grey levels count as probabilities: its nats cannot be compared with the literature's "
            "on black-and-white images."
        ),
    ),
    (
        lambda run: run.config.binarisation != "none",
        lambda run: (
            "It has learned black-and-white images: a grey of its own is the probability of white."
        ),
    ),
)


def limits_of(run: Run) -> list[str]:
    """Return a sentence for each limit of a run that was measured."""
    return [words(run) for applies, words in _LIMITS if applies(run)]


def _knn(run: Run, space: str) -> float:
    return run.class_probes[space]["knn"]
