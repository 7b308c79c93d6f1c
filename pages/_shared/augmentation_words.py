"""An augmentation study in words: what it is of, and what it does now."""

from __future__ import annotations

from pages._shared.study_title import data_title
from vae.augmentation.durations import study_seconds_left
from vae.augmentation.enlarged_request import GENERATOR_TITLES
from vae.augmentation.methods import ALL_LABELS, METHODS
from vae.augmentation.plan import choice_jobs, wanted_cells
from vae.augmentation.study import Study
from vae.server.durations import time_in_words

__all__ = ["study_label", "what_runs_now"]


def study_label(study: Study) -> str:
    """Return a study in a few words: data set, images a class, seeds, how it stands."""
    settings = study.settings
    numbers = ", ".join(map(str, settings["per_class"]))
    when = settings["created"][:16].replace("T", " ")
    seeds = study.seeds_in_words
    return f"{data_title(study)} · {numbers} images a class · {seeds} · {study.state} · {when} UTC"


def what_runs_now(study: Study) -> str:
    """Return how long it still takes, and what is trained next: now, or almost so."""
    return f"about {time_in_words(study_seconds_left(study))} left · {_now(study)}"


def _now(study: Study) -> str:
    for job in choice_jobs(study.settings, study.trials):
        title = GENERATOR_TITLES[job.generator]
        return f"choosing how many synthetic images: {title}, {job.per_class:,} images a class"
    for cell in wanted_cells(study.settings, study.rows):
        title = METHODS[cell.methods[0]].title
        if cell.per_class == ALL_LABELS:
            return f"{title}, seed {cell.seed}"
        return f"{title}, {cell.per_class:,} images a class, seed {cell.seed}"
    return "writing the last files"
