"""Does the jobs of a study with its data set, and yields the lines that they add to its files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np

from vae.augmentation.cell import Trained, bench_for, train_methods, try_candidates
from vae.augmentation.generators import Samples
from vae.augmentation.methods import ALL_LABELS, Generator
from vae.augmentation.plan import Cell, ChoiceJob
from vae.augmentation.schema import Choice, Row, Trial
from vae.augmentation.seeds import EXTRA_SEED, derived_seed, few_indices
from vae.augmentation.study import JUDGE, TRIALS, Study
from vae.data.datasets import Dataset
from vae.files import replacing
from vae.statistics import class_recalls, confusion_matrix
from vae.studies.layout import ROWS
from vae.studies.pool import Job, Line

__all__ = ["Worker", "few_images"]

Check = Callable[[], None]


def few_images(dataset: Dataset, per_class: int, seed: int) -> Samples:
    """Return the few training images of a seed, with their labels."""
    chosen = few_indices(dataset.y_train, per_class, seed)
    return Samples(dataset.x_train[chosen], dataset.y_train[chosen].astype(np.int64))


class Worker:
    """Does one job after the other: its networks are built once.

    check: called every few steps; what it raises ends a job.
    """

    def __init__(self, study: Study, dataset: Dataset, check: Check = lambda: None) -> None:
        self._study, self._dataset, self._check = study, dataset, check
        self._bench = bench_for(study.recipe, dataset.image_shape, dataset.classes)
        self._choices: list[Choice] = []

    def work(self, job: Job) -> Iterator[Line]:
        """Yield the lines of a job, each as soon as it is found."""
        values = {name: value for name, value in job.items() if name != "part"}
        if job["part"] == ChoiceJob.__name__:
            values["candidates"] = tuple(map(tuple, values["candidates"]))
            yield from self._try(ChoiceJob(**values))
            return
        cell = Cell(**values)
        if cell.per_class == ALL_LABELS:
            yield self._train_on_all(cell.seed)
        else:
            yield from self._train_cell(cell)

    def _try(self, job: ChoiceJob) -> Iterator[Line]:
        few = few_images(self._dataset, job.per_class, EXTRA_SEED)
        seed = derived_seed(EXTRA_SEED, job.per_class)
        for found in try_candidates(self._bench, few, job, seed, self._check):
            trial: Trial = {
                "per_class": job.per_class,
                "generator": job.generator,
                "fold": job.fold,
                "sampler": found.sampler,
                "copies": found.copies,
                "correct": found.correct,
                "total": found.total,
                "seconds": round(found.seconds, 2),
            }
            yield TRIALS, cast("dict[str, Any]", trial)

    def _train_cell(self, cell: Cell) -> Iterator[Line]:
        few = few_images(self._dataset, cell.per_class, cell.seed)
        if not self._choices:
            self._choices = self._study.choices  # frozen before the first cell
        choices: dict[Generator, Choice] = {
            each["generator"]: each for each in self._choices if each["per_class"] == cell.per_class
        }
        seed = derived_seed(cell.seed, cell.per_class)
        for trained in train_methods(self._bench, few, cell.methods, choices, seed, self._check):
            yield ROWS, self._row(cell, trained, len(few.labels))

    def _train_on_all(self, seed: int) -> Line:
        """Train on all labels; the first seed's classifier will judge samples."""
        began, recipe = time.perf_counter(), self._study.recipe
        images, labels = self._dataset.x_train, self._dataset.y_train.astype(np.int64)
        self._bench.classifier.trainer().train(
            images,
            labels,
            steps=recipe.all_steps,
            rate=recipe.all_rate,
            seed=derived_seed(seed, ALL_LABELS),
            check=self._check,
        )
        if seed == 0:
            with replacing(self._study.path / JUDGE) as temporary:
                np.savez(temporary, *self._bench.classifier.weights, allow_pickle=False)
        trained = Trained("all", None, time.perf_counter() - began)
        return ROWS, self._row(Cell(ALL_LABELS, seed, ("all",)), trained, len(labels))

    def _row(self, cell: Cell, trained: Trained, real: int) -> dict[str, Any]:
        """Measure the bench's classifier on all test images, and what it learned from."""
        labels = self._dataset.y_test.astype(np.int64)
        predicted = self._bench.classifier.predict(self._dataset.x_test)
        recalls = class_recalls(confusion_matrix(labels, predicted, self._dataset.classes))
        correct = int((predicted == labels).sum())
        synthetic = trained.synthetic
        row: Row = {
            "per_class": cell.per_class,
            "seed": cell.seed,
            "method": trained.method,
            "correct": correct,
            "total": len(labels),
            "accuracy": correct / len(labels),
            "balanced_accuracy": float(np.nanmean(recalls)),
            "real": real,
            "synthetic": 0 if synthetic is None else len(synthetic.labels),
            "agreement": None if synthetic is None else self._agreement(synthetic),
            "seconds": round(trained.seconds, 2),
        }
        return cast("dict[str, Any]", row)

    def _agreement(self, synthetic: Samples) -> float | None:
        """Return the share of samples that the judge takes for what they were made as, if any."""
        judge = _judge_weights(self._study.path)
        if judge is None:
            return None
        own = self._bench.classifier.weights
        self._bench.classifier.weights = judge
        found = float((self._bench.classifier.predict(synthetic.images) == synthetic.labels).mean())
        self._bench.classifier.weights = own
        return found


def _judge_weights(path: Path) -> list[np.ndarray] | None:
    try:
        with np.load(path / JUDGE, allow_pickle=False) as arrays:
            return [arrays[name] for name in arrays.files]
    except FileNotFoundError:
        return None
