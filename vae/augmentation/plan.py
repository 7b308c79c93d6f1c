"""What a study has to train, and which of it is left: read off its settings and its lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from vae.augmentation.methods import (
    ALL_LABELS,
    CROSS_VALIDATED,
    FOLDS,
    Generator,
    MethodName,
    Sampler,
    generators_of,
    methods_at,
)
from vae.augmentation.recipe import recipe_from
from vae.augmentation.schema import Row, StudySettings, Trial

__all__ = [
    "SAMPLERS",
    "Cell",
    "ChoiceJob",
    "candidates",
    "choice_jobs",
    "folds",
    "job_of",
    "total_trainings",
    "wanted_cells",
]

# A GAN has no posteriors, and no codes of images to fit a mixture to.
SAMPLERS: dict[Generator, tuple[Sampler, ...]] = {
    "vae": ("prior", "mixture", "posterior"),
    "class_vaes": ("prior", "mixture", "posterior"),
    "gan": ("prior",),
}


class Cell(NamedTuple):
    """The classifiers of one seed and one number of images a class, and which of them are left."""

    per_class: int
    seed: int
    methods: tuple[MethodName, ...]


class ChoiceJob(NamedTuple):
    """One generator on one fold of the extra seed, and the candidates that are left to try."""

    per_class: int
    generator: Generator
    fold: int
    candidates: tuple[tuple[Sampler, int], ...]


def folds(per_class: int) -> int:
    """Return on how many parts of the extra seed's images a choice is validated."""
    return min(per_class, FOLDS) if per_class <= CROSS_VALIDATED else 1


def candidates(generator: Generator, copies: Iterable[int]) -> list[tuple[Sampler, int]]:
    """Return the samplers and numbers of copies that the choice is among."""
    return [(sampler, count) for sampler in SAMPLERS[generator] for count in copies]


def choice_jobs(settings: StudySettings, trials: Iterable[Trial] = ()) -> list[ChoiceJob]:
    """Return what is left to try, without the candidates that there are trials of."""
    copies = recipe_from(settings["recipe"]).copies
    done: set[tuple[int, Generator, int, Sampler, int]] = {
        (each["per_class"], each["generator"], each["fold"], each["sampler"], each["copies"])
        for each in trials
    }
    jobs = []
    for per_class in settings["per_class"]:
        for generator in generators_of(methods_at(per_class, tuple(settings["methods"]))):
            for fold in range(folds(per_class)):
                left: tuple[tuple[Sampler, int], ...] = tuple(
                    (sampler, count)
                    for sampler, count in candidates(generator, copies)
                    if (per_class, generator, fold, sampler, count) not in done
                )
                if left:
                    jobs.append(ChoiceJob(per_class, generator, fold, left))
    return jobs


def wanted_cells(settings: StudySettings, rows: Iterable[Row] = ()) -> list[Cell]:
    """Return the cells that are left, without the methods that there are rows of.

    Seed after seed, so that a study that is stopped early has whole seeds. All labels come first:
    that classifier of the first seed also judges the samples of the others.
    """
    methods = tuple(settings["methods"])
    done: set[tuple[int, int, MethodName]] = {
        (row["per_class"], row["seed"], row["method"]) for row in rows
    }
    cells = []
    for seed in range(settings["seeds"]):
        for per_class in (ALL_LABELS, *settings["per_class"]):
            left: tuple[MethodName, ...] = tuple(
                method.name
                for method in methods_at(per_class, methods)
                if (per_class, seed, method.name) not in done
            )
            if left:
                cells.append(Cell(per_class, seed, left))
    return cells


def job_of(part: Cell | ChoiceJob) -> dict[str, Any]:
    """Return a job as JSON holds it."""
    return {"part": type(part).__name__, **part._asdict()}


def total_trainings(settings: StudySettings) -> int:
    """Return how many classifiers the whole study trains."""
    cells = sum(len(cell.methods) for cell in wanted_cells(settings))
    return cells + sum(len(job.candidates) for job in choice_jobs(settings))
