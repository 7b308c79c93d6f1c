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
        lambda run: run.config.has("decoder"),
        lambda run: (
            "It was trained on one data set: its output resembles that data, whatever the image."
        ),
    ),
    (
        lambda run: run.config.has("classifier"),
        lambda run: (
            "It was trained on one data set: it takes any image, noise too, for one of its "
            f"{run.classes} classes, and is often sure of that."
        ),
    ),
    (
        lambda run: run.config.has("encoder") and not run.config.has("posterior"),
        lambda run: (
            "Its codes have no prior: random codes decode to nonsense, and there is no ELBO."
        ),
    ),
    (
        lambda run: run.config.has("discriminator"),
        lambda run: (
            "It has no encoder and no likelihood: it gives no image a code or a probability, and "
            "nothing tells which kinds of images it never makes but its samples."
        ),
    ),
    (
        lambda run: run.config.conditional and run.config.has("likelihood"),
        lambda run: (
            "It needs the class of an image, right or wrong. Its ELBO and its likelihood are those "
            "of an image given its class: to compare them with those of other models, add ln "
            f"{run.classes} = {class_nats(run):.2f} nats for the class."
        ),
    ),
    (
        lambda run: run.config.has("posterior") and run.config.beta < 1.0,
        lambda run: (
            f"With a beta of {run.config.beta:.3g} posteriors do not fill the prior: samples from "
            "it come from holes too, where the decoder was never trained."
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
            and not run.config.conditional
            and _knn(run, "latent") < _knn(run, "pixels")
        ),
        lambda run: (
            "Its codes leave out some of what distinguishes classes: see the nearest neighbours "
            "below."
        ),
    ),
    (
        lambda run: run.config.is_density,
        lambda run: (
            "Its nats are those of a density and may be negative: do not compare them with others."
        ),
    ),
    (
        lambda run: (
            run.config.has("likelihood")
            and not run.config.is_density
            and run.config.binarisation == "none"
        ),
        lambda run: (
            "Grey levels count as probabilities: its nats cannot be compared with published ones, "
            "which are of black-and-white images."
        ),
    ),
    (
        lambda run: run.config.has("decoder") and run.config.binarisation != "none",
        lambda run: (
            "It was trained on black-and-white images: grey in its output is the probability of "
            "white."
        ),
    ),
)


def limits_of(run: Run) -> list[str]:
    """Return a sentence for each limit of a run that was measured."""
    return [words(run) for applies, words in _LIMITS if applies(run)]


def _knn(run: Run, space: str) -> float:
    return run.class_probes[space]["knn"]
