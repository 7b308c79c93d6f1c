"""An augmentation study in its folder: made, opened, asked for its rows, choices and summary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vae.augmentation.methods import METHODS, check_methods
from vae.augmentation.plan import total_trainings, wanted_cells
from vae.augmentation.recipe import Recipe, recipe_from, recipe_values
from vae.augmentation.schema import Choice, Row, StudySettings, Trial
from vae.augmentation.summary import Cell, summarize
from vae.data.datasets import Dataset
from vae.data.own_sets import current_name
from vae.errors import RunError, StudyError
from vae.schemas.reading import read
from vae.studies.folder import StudyFolder, read_lines
from vae.studies.schema import StudyState
from vae.studies.versions import package_versions
from vae.studies.writer import create_folder

__all__ = ["CHOICES", "JUDGE", "KIND", "TRIALS", "Study", "create_study", "open_study"]

KIND = "augmentation"
TRIALS = "trials.jsonl"  # what the choices rest on
CHOICES = "choices.json"  # what is frozen before the first seed of the study is trained
JUDGE = "judge.npz"  # weights of the classifier of all labels that judges samples
MAX_SEEDS = 1000
SMALLEST = 3  # images a class: one validates, and a mixture is fitted to two


class Study(StudyFolder[StudySettings, Row]):
    """A folder's augmentation study; raises StudyError for a folder that is none."""

    kind = KIND
    settings_type = StudySettings
    row_type = Row

    @property
    def dataset(self) -> str:
        """The name of its data set, under which it is known now."""
        return current_name(self.settings["dataset"], self.settings["fingerprint"])

    @property
    def recipe(self) -> Recipe:
        """How it trains."""
        return recipe_from(self.settings["recipe"])

    @property
    def trials(self) -> list[Trial]:
        """What was tried on validation images of the extra seed."""
        return read_lines(self.path / TRIALS, Trial)

    @property
    def choices(self) -> list[Choice]:
        """What was chosen and frozen; [] until it was."""
        try:
            return read(self.path / CHOICES, list[Choice])
        except FileNotFoundError:
            return []
        except RunError as error:
            raise StudyError(f"{error} Remove it: it follows from {TRIALS}") from None

    @property
    def seeds_done(self) -> int:
        """How many seeds have all of their rows."""
        return self.settings["seeds"] - len({
            cell.seed for cell in wanted_cells(self.settings, self.rows)
        })  # fmt: skip

    @property
    def seeds_in_words(self) -> str:
        """How many seeds it has, or has so far."""
        seeds, done = self.settings["seeds"], self.seeds_done
        if done < seeds and self.state != StudyState.RUNNING:
            return f"{done} of {seeds} seeds so far"
        return "1 seed" if seeds == 1 else f"{seeds} seeds"

    def summary(self) -> list[Cell]:
        """Return means, intervals and paired differences: see `summarize`."""
        return summarize(self.rows)


def open_study(path: Path | str) -> Study:
    """Open a study's folder; raises StudyError if it is none, damaged or of another kind."""
    return Study(Path(path))


def create_study(
    path: Path | str,
    dataset: Dataset,
    per_class: Sequence[int] = (5, 10, 50, 100),
    seeds: int = 10,
    methods: Sequence[str] = tuple(METHODS),
    recipe: Recipe | None = None,
    owner: str = "",
) -> Study:
    """Make the folder of a queued study; raises StudyError for what cannot be studied.

    owner: the visitor's id.
    """
    chosen = check_methods(tuple(methods))
    check_asked(dataset, per_class, seeds)
    settings: Any = {
        "dataset": dataset.name,
        "fingerprint": dataset.fingerprint,
        "image_shape": list(dataset.image_shape),
        "class_names": list(dataset.class_names),
        "train_images": len(dataset.x_train),
        "test_images": len(dataset.x_test),
        "per_class": sorted(set(per_class)),
        "seeds": seeds,
        "methods": list(chosen),
        "recipe": recipe_values(recipe or Recipe()),
        "versions": package_versions(),
    }
    create_folder(Path(path), KIND, settings, total_trainings(settings), owner)
    return open_study(path)


def check_asked(dataset: Dataset, per_class: Sequence[int], seeds: int) -> None:
    """Raise StudyError for what cannot be studied with a data set: the sentence says why."""
    if dataset.classes < 2:
        raise StudyError(
            "A study of augmentation needs images of two or more classes, with their labels. "
            f"Received: {dataset.title}, of {dataset.classes}"
        )
    if not 1 <= seeds <= MAX_SEEDS:
        raise StudyError(f"Seeds must be from 1 to {MAX_SEEDS:,}. Received: {seeds}")
    if not per_class or min(per_class) < SMALLEST:
        raise StudyError(
            f"Images a class must be {SMALLEST} or more, since some of an extra seed's validate "
            f"what is chosen. Received: {', '.join(map(str, per_class)) or 'none'}"
        )
    counts = [int((dataset.y_train == label).sum()) for label in range(dataset.classes)]
    fewest = min(counts)
    if max(per_class) > fewest:
        name = dataset.class_names[counts.index(fewest)]
        raise StudyError(
            f"Every class needs as many training images as are asked for; {dataset.title} has "
            f'{fewest:,} of class "{name}". Received: {max(per_class):,}; at most {fewest:,} can be'
        )
