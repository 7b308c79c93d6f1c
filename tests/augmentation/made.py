"""Studies whose numbers are made, not trained: what each method finds is said by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from vae.augmentation.methods import METHODS, MethodName
from vae.augmentation.recipe import Recipe
from vae.augmentation.schema import Choice, Row
from vae.augmentation.study import CHOICES, Study, create_study
from vae.data.datasets import Dataset
from vae.files import write_json
from vae.runs.metadata import write_metadata
from vae.studies.layout import ROWS
from vae.studies.schema import StudyState
from vae.studies.writer import append_line, write_status

__all__ = ["FOUND", "made_rows", "made_study"]

# By images a class: what the synthetic images of a VAE bring grows less, and ends below 0.
FOUND: dict[int, dict[MethodName, float]] = {
    5: {"real": 0.60, "classical": 0.70, "vae": 0.64, "classical_vae": 0.71},
    50: {"real": 0.85, "classical": 0.92, "vae": 0.84, "gan": 0.82, "classical_vae": 0.92},
    0: {"all": 0.99},
}
SPREAD = (-0.01, 0.012, -0.002)  # of the seeds, the same for all methods
NOISE = (0.001, -0.0012, 0.0005)  # of a seed's methods


def made_rows(found: Mapping[int, Mapping[MethodName, float]] = FOUND, seeds: int = 3) -> list[Row]:
    """Return rows of an accuracy for each method and number of images a class."""
    rows: list[Row] = []
    for seed in range(seeds):
        for per_class, accuracies in found.items():
            for index, (name, mean) in enumerate(accuracies.items()):
                own = (NOISE[(seed + index) % 3] * (index + 1)) if per_class else 0.0
                accuracy = round(mean + (SPREAD[seed % 3] if per_class else 0.0) + own, 4)
                has_samples = METHODS[name].generator is not None
                rows.append(
                    {
                        "per_class": per_class,
                        "seed": seed,
                        "method": name,
                        "correct": round(360 * accuracy),
                        "total": 360,
                        "accuracy": accuracy,
                        "balanced_accuracy": accuracy,
                        "real": 10 * per_class or 1437,
                        "synthetic": 40 * per_class if has_samples else 0,
                        "agreement": 0.93 if has_samples else None,
                        "seconds": 2.0,
                    }
                )
    return rows


def made_study(
    path: Path,
    dataset: Dataset,
    rows: list[Row] | None = None,
    state: StudyState = StudyState.FINISHED,
    owner: str = "",
    reason: str = "",
    seeds: int = 0,
    recipe: Recipe | None = None,
) -> Study:
    """Make a study that has these rows, and what its choices are of them.

    seeds: those of the whole study; 0: those of the rows. recipe: by which its files are made.
    """
    rows = made_rows() if rows is None else rows
    numbers = sorted({row["per_class"] for row in rows} - {0}) or [5]
    names = {row["method"] for row in rows} or {"real", "vae"}
    seeds = seeds or 1 + max((row["seed"] for row in rows), default=0)
    recipe = replace(recipe or Recipe(), copies=(4,))
    study = create_study(path, dataset, numbers, seeds, tuple(names), recipe)
    for row in rows:
        append_line(path / ROWS, row)
    choices: list[Choice] = [
        {
            "per_class": number,
            "generator": "vae",
            "sampler": "prior",
            "copies": 4,
            "accuracy": 0.6,
            "candidates": [{"sampler": "prior", "copies": 4, "accuracy": 0.6}],
        }
        for number in numbers
    ]
    if rows and "vae" in names:
        write_json(path / CHOICES, choices)
    total = study.status["total"]
    done = total if state == StudyState.FINISHED else min(len(rows), total)
    more = {"reason": reason} if reason else {}
    write_status(path, state=state, done=done, total=total, seconds=120.0, **more)
    write_metadata(path, owner=owner)
    return study
