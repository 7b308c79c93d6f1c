"""The folder of an augmentation study, its plan, and what cannot be studied."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import run_python
from vae.augmentation.methods import METHODS, check_methods, methods_at
from vae.augmentation.plan import choice_jobs, folds, total_trainings, wanted_cells
from vae.augmentation.recipe import Recipe
from vae.augmentation.schema import Row, Trial
from vae.augmentation.study import create_study, open_study
from vae.data.datasets import Dataset
from vae.errors import StudyError


def test_what_is_asked_is_read_again(digits: Dataset, tmp_path: Path) -> None:
    recipe = Recipe(classifier_steps=7, copies=(2,))
    create_study(tmp_path / "s", digits, (50, 5), 3, ("vae", "real"), recipe)
    study = open_study(tmp_path / "s")
    settings = study.settings
    assert (settings["per_class"], settings["seeds"]) == ([5, 50], 3)
    assert settings["methods"] == ["real", "vae"]
    assert settings["fingerprint"] == digits.fingerprint
    assert study.recipe == recipe
    assert (study.rows, study.trials, study.choices, study.summary()) == ([], [], [], [])
    # 2 numbers x 3 seeds x 2 methods; candidates: 3 samplers x 1 count x (5 folds + 1 split).
    assert study.status["total"] == total_trainings(settings) == 12 + 18


def test_the_plan_leaves_out_what_is_done(digits: Dataset, tmp_path: Path) -> None:
    study = create_study(tmp_path / "s", digits, (5,), 2, ("real", "classical", "all"))
    assert choice_jobs(study.settings) == []
    row: Row = {
        "per_class": 5, "seed": 0, "method": "real", "correct": 1, "total": 2, "accuracy": 0.5,
        "balanced_accuracy": 0.5, "real": 50, "synthetic": 0, "agreement": None, "seconds": 1.0,
    }  # fmt: skip
    assert [tuple(cell) for cell in wanted_cells(study.settings, [row])] == [
        (0, 0, ("all",)),
        (5, 0, ("classical",)),
        (0, 1, ("all",)),
        (5, 1, ("real", "classical")),
    ]


def test_a_choice_goes_on_in_the_middle_of_its_candidates(digits: Dataset, tmp_path: Path) -> None:
    study = create_study(tmp_path / "s", digits, (3,), 1, ("gan", "vae"), Recipe(copies=(1, 4)))
    first, *others = choice_jobs(study.settings)
    assert ([job.fold for job in others], len(first.candidates)) == ([1, 2], 6)
    trial: Trial = {
        "per_class": 3, "generator": "vae", "fold": 0, "sampler": "prior", "copies": 1,
        "correct": 1, "total": 2, "seconds": 1.0,
    }  # fmt: skip
    rest, *_ = choice_jobs(study.settings, [trial])
    assert rest.candidates == first.candidates[1:]


def test_generators_of_many_images_are_studied_there_alone() -> None:
    names = {number: {method.name for method in methods_at(number, tuple(METHODS))}
             for number in (0, 5, 50, 100)}  # fmt: skip
    assert names[0] == {"all"}
    assert names[5] == {"real", "classical", "vae", "classical_vae"}
    assert names[50] == names[5] | {"class_vaes", "gan"}
    assert names[100] == names[5] | {"gan"}


def test_few_images_are_cross_validated() -> None:
    assert [folds(number) for number in (3, 5, 10, 11, 100)] == [3, 5, 5, 1, 1]


class TestRefused:
    def test_one_class(self, digits: Dataset, tmp_path: Path) -> None:
        zeros = dataclasses.replace(
            digits,
            x_train=digits.x_train[digits.y_train == 0],
            y_train=digits.y_train[digits.y_train == 0],
            x_test=digits.x_test[digits.y_test == 0],
            y_test=digits.y_test[digits.y_test == 0],
            class_names=("zero",),
        )
        with pytest.raises(StudyError, match="two or more classes, with their labels"):
            create_study(tmp_path / "s", zeros, (5,))
        assert list(tmp_path.iterdir()) == []

    def test_a_class_with_fewer_images(self, digits: Dataset, tmp_path: Path) -> None:
        sevens = np.flatnonzero(digits.y_train == 7)[4:]
        fewer = dataclasses.replace(
            digits,
            x_train=np.delete(digits.x_train, sevens, 0),
            y_train=np.delete(digits.y_train, sevens, 0),
        )
        with pytest.raises(StudyError, match=r'has 4 of class "7".*Received: 5; at most 4'):
            create_study(tmp_path / "s", fewer, (3, 5))

    def test_more_than_there_are(self, digits: Dataset, tmp_path: Path) -> None:
        with pytest.raises(StudyError, match="Received: 5,000; at most"):
            create_study(tmp_path / "s", digits, (5000,))

    @pytest.mark.parametrize("per_class", [(), (2,), (0, 5), (-3,)])
    def test_too_few(self, digits: Dataset, tmp_path: Path, per_class: tuple[int, ...]) -> None:
        with pytest.raises(StudyError, match="must be 3 or more"):
            create_study(tmp_path / "s", digits, per_class)

    @pytest.mark.parametrize("seeds", [0, -1, 1001])
    def test_seeds(self, digits: Dataset, tmp_path: Path, seeds: int) -> None:
        with pytest.raises(StudyError, match=f"Received: {seeds}"):
            create_study(tmp_path / "s", digits, (5,), seeds)

    @pytest.mark.parametrize("names", [(), ("real", "magic")])
    def test_methods(self, names: tuple[str, ...]) -> None:
        with pytest.raises(StudyError, match="Methods are real, classical, vae"):
            check_methods(names)

    def test_a_recipe_of_something_else(self, digits: Dataset, tmp_path: Path) -> None:
        study = create_study(tmp_path / "s", digits, (5,))
        study.settings["recipe"]["classifier_steps"] = "many"
        with pytest.raises(StudyError, match="recipe must be whole"):
            _ = study.recipe


def test_reading_needs_no_tensorflow(digits: Dataset, tmp_path: Path) -> None:
    create_study(tmp_path / "s", digits, (5,))
    code = (
        "import sys; from vae.augmentation import open_study; s = open_study(sys.argv[1]); "
        "s.rows, s.status, s.summary(); "
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    done = run_python("-c", code, tmp_path / "s", executable=sys.executable)
    assert done.stdout.strip() == "[]", done.stderr
