"""What a loss means: beside reference lines and a model that ships, in one plain sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from vae.data.binarisation import binarisation_name
from vae.evaluation.references import LITERATURE, read_references
from vae.presets import preset_label
from vae.runs.run import ACTIVE_STATES, Run
from vae.runs.run_images import known_dataset, learned_the_same
from vae.schemas.metrics import References

__all__ = [
    "beside_literature",
    "binarisation_of",
    "class_nats",
    "comparable",
    "compared",
    "cost",
    "cost_in_words",
    "loss_in_comparison",
    "references_of",
]

# Of a run in one of these states, its history is newer than what was measured at its last end.
UNDER_WAY = (*ACTIVE_STATES, "queued", "paused", "interrupted")


class Loss(NamedTuple):
    """What an image costs, in nats: reconstruction + KL, whatever beta weighs the KL by."""

    name: str
    nats: float


def binarisation_of(run: Run) -> str:
    """Return the binarisation of the images that a run was measured on, or else learns from."""
    return str(run.metrics.get("binarisation", run.config.binarisation))


def references_of(run: Run) -> References | None:
    """Return the reference lines of a run's images, binarised as they are.

    There are none of other data sets, nor of other likelihoods: the lines count each pixel as a
    Bernoulli variable, and densities have nats of their own.
    """
    if run.config.is_density:
        return None
    return read_references(known_dataset(run), binarisation_of(run))


def comparable(run: Run, others: Iterable[Run]) -> list[Run]:
    """Return the others that were measured on the same images, binarised and measured alike."""
    return [
        each
        for each in others
        if each.id != run.id
        and learned_the_same(each, run)
        and each.config.likelihood == run.config.likelihood
        and cost(each.metrics) is not None
        and binarisation_of(each) == binarisation_of(run)
    ]


def cost(metrics: Mapping[str, Any]) -> float | None:
    """Return reconstruction + KL of what metrics.json says, or None if it does not."""
    parts = [metrics.get(name, math.nan) for name in ("reconstruction", "kl")]
    return sum(parts) if math.isfinite(sum(parts)) else None


def cost_in_words(run: Run) -> str:
    """Return in a few words what a test image costs a run, or "" before its first epoch.

    It is the figure by which runs compare, reconstruction + KL, as in `loss_in_comparison`; what
    keeps it from being compared with most others is said beside it.
    """
    if run.config.has("classifier"):
        accuracy = run.classifier_metrics.get("accuracy")
        return "" if accuracy is None else f"test accuracy {accuracy:.1%}"
    loss = _loss(run)
    if loss is None:
        return ""
    config = run.config
    of, name = loss.name.split(maxsplit=1)
    what = name if config.has("posterior") else "reconstruction"
    remarks = [f"{of.lower()} {what} {loss.nats:.1f} nats"]
    if config.binarisation != "none":
        remarks.append("black and white")
    if config.is_density:
        remarks.append("as a density")
    if config.conditional:
        remarks.append("given the class")
    return ", ".join(remarks)


def of_one_kind(run: Run, other: Run) -> bool:
    """Whether two runs are of the same kind, and both get the class or neither."""
    own, others = run.config, other.config
    return (own.kind, own.conditional) == (others.kind, others.conditional)


def class_nats(run: Run) -> float:
    """Return the nats of saying an image's class, ln C of C classes, which a conditional run saves.

    What an image costs such a run is -log p(x | y), or a bound on that. With these nats
    it is a bound on -log p(x), which the other kinds are measured by: p(x) >= p(x | y) / C, where
    all classes are equally likely. 0 for runs of another kind.
    """
    return math.log(run.classes) if run.config.conditional else 0.0


def loss_in_comparison(run: Run, shipped: Iterable[Run]) -> str:
    """Return what a run's loss means, as Markdown; "" where nothing can be compared with it.

    The lines and the shipped model are of test images, and so is the loss of a run that has ended.
    Until then it is that of validation, or of training where there is none. Before its first epoch
    the sentence says which costs to aim below. shipped: one of the run's own kind is named.
    """
    known = references_of(run) if run.config.has("likelihood") else None
    if not known:
        return ""
    others = [
        (f"the built-in {preset_label(each.config)} model", cost(each.metrics))
        for each in comparable(run, shipped)
        if of_one_kind(each, run)
    ]
    marks = [("always predicting the mean image", known["mean_image"]), *others[:1]]
    pixels = binarisation_name(binarisation_of(run))
    loss = _loss(run)
    if loss is None:
        costs = ", ".join(f"{name} **{nats:.1f}**" for name, nats in marks)
        return f"Targets in nats per image ({pixels}; lower is better): {costs}."
    gaps = ", ".join(f"{compared(loss.nats, nats)} {name} ({nats:.1f})" for name, nats in marks)
    return f"**{loss.name} {loss.nats:.1f} nats** ({pixels}): {gaps}."


def compared(nats: float, other: float) -> str:
    """Return how much less or more the one is than the other: "75.1 less than"."""
    gap = f"{abs(nats - other):.1f}"
    if float(gap) == 0.0:
        return "as much as"
    return f"{gap} {'less' if nats < other else 'more'} than"


def beside_literature(nll: float, standard_error: float) -> str:
    """Return in one sentence how a likelihood stands beside the literature's VAE, as Markdown.

    A difference within two standard errors counts as none.
    """
    paper = LITERATURE[0]
    gap = nll - paper.nll
    side = "less" if gap < 0.0 else "more"
    words = f"**{abs(gap):.1f} nats an image {side}** than"
    if abs(gap) <= 2.0 * standard_error:
        words = "about as many nats an image as"
    return f"This run needs {words} Burda's VAE ({paper.nll:.2f})."


def _loss(run: Run) -> Loss | None:
    """Return what an image costs by the newest that is known, None if nothing is."""
    if run.metrics and run.state not in UNDER_WAY:
        row, name, prefix = run.metrics, "Test", ""
    elif run.history:
        row = run.history[-1]
        name, prefix = ("Validation", "val_") if "val_loss" in row else ("Training", "")
    else:
        return None
    nats = cost({part: row.get(f"{prefix}{part}", math.nan) for part in ("reconstruction", "kl")})
    if nats is None:
        return None
    # Not so where beta is not 1, or was not while it warmed up: then the loss weighs the KL.
    is_loss = math.isclose(nats, row.get(f"{prefix}loss", nats), rel_tol=1e-4)
    return Loss(f"{name} loss" if is_loss else f"{name} reconstruction + KL", nats)
