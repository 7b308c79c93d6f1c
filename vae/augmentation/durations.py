"""How long a study takes: a guess from its plan, corrected by what was measured on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from vae.augmentation.methods import ALL_LABELS, METHODS, Generator, MethodName, generators_of
from vae.augmentation.plan import choice_jobs, wanted_cells
from vae.augmentation.recipe import Recipe, recipe_from, recipe_values
from vae.augmentation.schema import Row, StudySettings, Trial
from vae.augmentation.study import Study
from vae.data.datasets import Dataset
from vae.errors import StudyError

__all__ = ["asked_seconds", "study_seconds", "study_seconds_left"]

# Of a step with 64 images of 28 x 28 pixels, on 2 cores; a step on 8 x 8 takes a part of it.
CLASSIFIER_STEP = 5e-3
CLASSICAL_STEP = 6e-3
VAE_STEP = 5e-3
GAN_STEP = 9e-3
PIXELS = 784
FIXED_PART = 0.25  # of a step's seconds, whatever the number of pixels
START_SECONDS = 12.0  # TensorFlow's import, the data, compiling what the first jobs need
MIN_DONE = 3  # trainings, before a study's own pace says anything


def asked_seconds(
    dataset: Dataset,
    per_class: Sequence[int],
    seeds: int,
    methods: Sequence[MethodName],
    recipe: Recipe,
    past: Iterable[Study] = (),
) -> float:
    """Return a guess of the seconds of a study that is not there yet; see `study_seconds`."""
    settings: Any = {
        "recipe": recipe_values(recipe),
        "image_shape": list(dataset.image_shape),
        "class_names": list(dataset.class_names),
        "per_class": list(per_class),
        "seeds": seeds,
        "methods": list(methods),
    }
    return study_seconds(settings, past)


def study_seconds(settings: StudySettings, past: Iterable[Study] = ()) -> float:
    """Return a guess of a whole study's seconds.

    past: other studies of this machine, the newest first; the first that has done enough says
    how fast the machine is.
    """
    factor = next((pace for study in past if (pace := _pace_if_whole(study))), 1.0)
    return START_SECONDS + factor * _work(settings)


def study_seconds_left(study: Study) -> float:
    """Return a guess of the seconds that a study still needs, by its own pace where it has one."""
    left = _work(study.settings, study.rows, study.trials)
    start = START_SECONDS if study.status["done"] < MIN_DONE else 0.0
    return start + (_pace(study) or 1.0) * left


def _pace_if_whole(study: Study) -> float:
    try:
        return _pace(study)
    except StudyError:
        return 0.0


def _pace(study: Study) -> float:
    """Return how much longer a study took so far than is guessed; 0 where it is too early."""
    status = study.status
    guessed = _work(study.settings) - _work(study.settings, study.rows, study.trials)
    if status["done"] < MIN_DONE or guessed <= 0.0:
        return 0.0
    return max(status["seconds"] - START_SECONDS, 0.2 * status["seconds"]) / guessed


def _work(settings: StudySettings, rows: Iterable[Row] = (), trials: Iterable[Trial] = ()) -> float:
    """Return a guess of the seconds of all jobs that are left, without starting a process."""
    recipe = recipe_from(settings["recipe"])
    height, width, channels = settings["image_shape"]
    scale = FIXED_PART + (1.0 - FIXED_PART) * height * width * channels / PIXELS
    classes = len(settings["class_names"])
    seconds = 0.0
    for job in choice_jobs(settings, trials):
        seconds += _generator(job.generator, recipe, classes)
        seconds += len(job.candidates) * recipe.classifier_steps * CLASSIFIER_STEP
    for cell in wanted_cells(settings, rows):
        if cell.per_class == ALL_LABELS:
            seconds += recipe.all_steps * CLASSIFIER_STEP
        else:
            seconds += _cell(cell.methods, recipe, classes)
    return scale * seconds


def _cell(methods: Iterable[MethodName], recipe: Recipe, classes: int) -> float:
    """Return the seconds of a seed's methods: two with the same generator train it once."""
    chosen = [METHODS[name] for name in methods]
    steps = [CLASSICAL_STEP if method.classical else CLASSIFIER_STEP for method in chosen]
    return recipe.classifier_steps * sum(steps) + sum(
        _generator(name, recipe, classes) for name in generators_of(chosen)
    )


def _generator(name: Generator, recipe: Recipe, classes: int) -> float:
    return {
        "vae": recipe.vae_steps * VAE_STEP,
        "class_vaes": classes * recipe.class_vae_steps * VAE_STEP,
        "gan": recipe.gan_steps * GAN_STEP,
    }[name]
