"""Freezes sampler and number of copies: the best of the extra seed's trials."""

from __future__ import annotations

from collections.abc import Iterable

from vae.augmentation.methods import Generator, generators_of, methods_at
from vae.augmentation.plan import candidates
from vae.augmentation.recipe import recipe_from
from vae.augmentation.schema import Candidate, Choice, StudySettings, Trial

__all__ = ["choice_of", "choose"]


def choose(settings: StudySettings, trials: Iterable[Trial]) -> list[Choice]:
    """Return the choice for each number of images a class and each generator.

    The best accuracy over all folds; of equal ones the first, which has the fewest copies and the
    simplest sampler. All candidates must have been tried.
    """
    trials = list(trials)
    copies = sorted(recipe_from(settings["recipe"]).copies)
    choices = []
    for per_class in settings["per_class"]:
        for generator in generators_of(methods_at(per_class, tuple(settings["methods"]))):
            found: list[Candidate] = []
            for sampler, count in candidates(generator, copies):
                own = [
                    each
                    for each in trials
                    if (each["per_class"], each["generator"]) == (per_class, generator)
                    and (each["sampler"], each["copies"]) == (sampler, count)
                ]
                correct = sum(each["correct"] for each in own)
                accuracy = correct / sum(each["total"] for each in own)
                found.append({"sampler": sampler, "copies": count, "accuracy": accuracy})
            best = max(found, key=lambda each: (each["accuracy"], -each["copies"]))
            choices.append(
                Choice(per_class=per_class, generator=generator, **best, candidates=found)
            )
    return choices


def choice_of(choices: Iterable[Choice], per_class: int, generator: Generator) -> Choice | None:
    """Return what was chosen for so many images a class and a generator; None if nothing was."""
    for choice in choices:
        if (choice["per_class"], choice["generator"]) == (per_class, generator):
            return choice
    return None
