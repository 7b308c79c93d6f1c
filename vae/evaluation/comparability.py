"""Which figures of several runs compare, and why others do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from vae.config.settings import setting
from vae.data.binarisation import binarisation_name
from vae.evaluation.comparison import binarisation_of, class_nats
from vae.kinds import KINDS
from vae.runs.run import Run
from vae.runs.run_images import dataset_title, learned_the_same

__all__ = ["Scope", "comparability_warnings", "compares"]

# What must be the same for a figure to compare. pixels: the test images and what was made of them.
# nats: also what counts them, the likelihood, and whether the class was known.
Scope = Literal["anything", "pixels", "nats"]


def compares(runs: Sequence[Run], scope: Scope) -> bool:
    """Whether a figure means the same for all of these runs."""
    if scope == "anything" or len(runs) < 2:
        return True
    if not all(learned_the_same(runs[0], run) for run in runs):
        return False
    if len({binarisation_of(run) for run in runs}) > 1:
        return False
    likelihoods = {(run.config.likelihood, run.config.conditional) for run in runs}
    return scope == "pixels" or len(likelihoods) == 1


def comparability_warnings(runs: Sequence[Run]) -> list[str]:
    """Return why figures of these runs do not compare, a plain sentence or two each."""
    measured = [run for run in runs if run.config.has("likelihood")]
    checks = (
        _kinds(runs),
        _images(runs),
        _treatments(runs),
        _likelihoods(measured),
        _conditions(measured),
        _weights(measured),
        _scales(measured),
    )
    return [each for each in checks if each]


def _kinds(runs: Sequence[Run]) -> str:
    """Losses of different kinds of models are different quantities."""
    kinds = {run.config.kind: KINDS[run.config.kind] for run in runs}
    if len(kinds) == 1:
        return ""
    titles = _listed([kind.title for kind in kinds.values()])
    return f"These are different kinds of models: {titles}. Their losses do not compare."


def _images(runs: Sequence[Run]) -> str:
    titles = {dataset_title(run): None for run in runs}
    if all(learned_the_same(runs[0], run) for run in runs):
        return ""
    if len(titles) == 1:
        return (
            f"Data sets called {next(iter(titles))} hold different images here: no figure compares."
        )
    return f"They learned different images: {_listed([*titles])}. No figure compares."


def _treatments(runs: Sequence[Run]) -> str:
    names = {binarisation_name(binarisation_of(run)): None for run in runs}
    if len(names) == 1:
        return ""
    return (
        f"The pixels differ: {_listed([*names], '; ')}. Nats of one do not compare with another's."
    )


def _likelihoods(runs: Sequence[Run]) -> str:
    names = {run.config.likelihood.replace("_", " "): None for run in runs}
    if len(names) < 2:
        return ""
    return (
        f"The likelihoods differ: {_listed([*names])}. Each counts nats of its own, so "
        "reconstruction and ELBO do not compare."
    )


def _conditions(runs: Sequence[Run]) -> str:
    nats = max((class_nats(run) for run in runs), default=0.0)
    if len({run.config.conditional for run in runs}) < 2:
        return ""
    return (
        "Some of these models get the class of an image, others do not. Theirs saves up to "
        f"{nats:.2f} nats per image, so their ELBO is no bound on the same likelihood."
    )


def _weights(runs: Sequence[Run]) -> str:
    """A loss weighs the KL by beta, so that it is another quantity for each beta."""
    found = [run.config for run in runs if run.config.has("posterior")]
    names = [
        setting(name).label
        for name in ("beta", "free_bits", "capacity", "importance_samples")
        if len({getattr(config, name) for config in found}) > 1
    ]
    if not names:
        return ""
    labels = _listed([_small(name) for name in names])
    return (
        f"Their losses differ in what they weigh ({labels}): compare reconstruction + KL instead."
    )


def _scales(runs: Sequence[Run]) -> str:
    if len({run.config.loss_scale for run in runs}) < 2:
        return ""
    return (
        "The optimizers get losses of different scales, in nats and per pixel: learning rates do "
        "not compare. All curves are in nats."
    )


def _small(label: str) -> str:
    return label if label.startswith("KL") else label[0].lower() + label[1:]


def _listed(words: Sequence[str], between: str = ", ") -> str:
    return between.join(words[:-1]) + (" and " if words[:-1] else "") + words[-1]
