"""Whole studies on stripes, with tiny networks: complete, continued, and blind to other images."""

from __future__ import annotations

import dataclasses
import errno
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.augmentation.tiny import found, tiny_study
from tests.trained import TrainedOnce
from vae.augmentation.run import run_study
from vae.augmentation.seeds import EXTRA_SEED, few_indices
from vae.augmentation.study import Study, open_study
from vae.data.datasets import Dataset
from vae.errors import StudyError
from vae.studies.session import Session
from vae.studies.writer import request


def test_it_is_complete(finished: Study) -> None:
    status = finished.status
    # Candidates: 3 samplers x 2 numbers of copies x 3 folds. Rows: 2 seeds x 5 methods.
    assert (status["state"], status["done"], status["total"]) == ("finished", 28, 28)
    assert len(finished.trials) == 18
    assert len(finished.rows) == 10
    (choice,) = finished.choices
    assert len(choice["candidates"]) == 6
    assert choice["accuracy"] == max(each["accuracy"] for each in choice["candidates"])


def test_rows_say_what_a_classifier_learned_from(finished: Study) -> None:
    (choice,) = finished.choices
    rows = {(row["seed"], row["method"]): row for row in finished.rows}
    assert rows[0, "real"]["real"] == 6
    assert rows[0, "real"]["synthetic"] == 0
    assert rows[0, "real"]["agreement"] is None
    assert rows[0, "vae"]["synthetic"] == 6 * choice["copies"]
    assert rows[0, "vae"]["agreement"] == rows[0, "classical_vae"]["agreement"]
    assert 0.0 <= (rows[1, "vae"]["agreement"] or 0.0) <= 1.0
    assert (rows[0, "all"]["per_class"], rows[0, "all"]["real"]) == (0, 120)
    assert all(row["total"] == 40 for row in finished.rows)
    assert all(row["accuracy"] == row["correct"] / 40 for row in finished.rows)


def test_a_finished_one_has_nothing_left(finished: Study, stripes: Dataset, tmp_path: Path) -> None:
    shutil.copytree(finished.path, tmp_path / "s")
    fractions: list[float] = []
    run_study(open_study(tmp_path / "s"), stripes, on_progress=fractions.append)
    assert fractions == [1.0]
    assert found(open_study(tmp_path / "s")) == found(finished)


class Killed(BaseException):
    """Ends a study as kill -9 does: nothing more is written by it."""


@pytest.mark.parametrize("after", [1, 17, 18, 19, 23])
def test_killed_and_continued_it_has_the_same_numbers(
    after: int,
    finished: Study,
    stripes: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study = tiny_study(tmp_path / "s", stripes)
    append = Session.append
    lines = 0

    def append_some(self: Session, *line: Any) -> None:
        nonlocal lines
        if lines == after:
            with (study.path / "rows.jsonl").open("ab") as file:
                file.write(b'{"per_class": 3, "se')
            raise Killed
        lines += 1
        append(self, *line)

    with monkeypatch.context() as patch:
        patch.setattr(Session, "append", append_some)
        patch.setattr("vae.studies.session._end_by", lambda error: _raise(error))
        with pytest.raises(Killed):
            run_study(study, stripes)
    assert open_study(study.path).state == "interrupted"
    assert len(study.trials) + len(study.rows) == after
    run_study(open_study(study.path), stripes)
    assert found(study) == found(finished)


def _raise(error: BaseException) -> Any:
    raise error


def test_paused_in_the_middle_of_a_training(
    finished: Study, stripes: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = tiny_study(tmp_path / "s", stripes)
    check = Session.check
    calls = 0

    def check_and_pause(self: Session) -> None:
        nonlocal calls
        calls += 1
        if calls == 9:
            request(study.path, "pause")
        check(self)

    monkeypatch.setattr(Session, "check", check_and_pause)
    run_study(study, stripes)
    assert study.state == "paused"
    assert 0 < study.status["done"] < 28
    run_study(study, stripes)
    assert study.state == "finished"
    assert found(study) == found(finished)


def test_a_full_disk_in_the_middle(
    finished: Study, stripes: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = tiny_study(tmp_path / "s", stripes)
    append = Session.append

    def full_after_five(self: Session, *line: Any) -> None:
        if len(study.trials) == 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(self, *line)

    with monkeypatch.context() as patch:
        patch.setattr(Session, "append", full_after_five)
        with pytest.raises(OSError, match="No space left"):
            run_study(study, stripes)
    assert study.state == "interrupted"
    assert study.status.get("reason", "").startswith("The disk is full: free some space")
    run_study(study, stripes)
    assert found(study) == found(finished)


def test_nothing_but_the_few_images_is_seen(
    finished: Study, stripes: Dataset, tmp_path: Path
) -> None:
    """Every other training image is noise and every other label wrong: the same rows."""
    few = np.unique(np.concatenate([
        few_indices(stripes.y_train, 3, seed) for seed in (0, 1, EXTRA_SEED)
    ]))  # fmt: skip
    others = np.setdiff1d(np.arange(len(stripes.y_train)), few)
    poisoned = stripes.x_train.copy()
    noise = np.random.default_rng(0).integers(0, 256, poisoned[others].shape)
    poisoned[others] = noise.astype(np.uint8)
    # The labels stay: which images are the few is drawn by them.
    dataset = dataclasses.replace(stripes, x_train=poisoned)
    methods = ("real", "classical", "vae", "classical_vae")
    study = run_study(tiny_study(tmp_path / "s", dataset, methods=methods), dataset)
    trials, rows, choices = found(finished)
    unjudged = [row | {"agreement": None} for row in rows if row["method"] != "all"]
    assert found(study) == (trials, sorted(unjudged, key=repr), choices)


def test_no_test_image_is_seen(finished: Study, stripes: Dataset, tmp_path: Path) -> None:
    """With other test images the choices and what is trained on are the same."""
    dataset = dataclasses.replace(stripes, x_test=255 - stripes.x_test)
    study = run_study(tiny_study(tmp_path / "s", dataset), dataset)
    assert (study.choices, found(study)[0]) == (finished.choices, found(finished)[0])
    assert {row["agreement"] for row in study.rows} == {row["agreement"] for row in finished.rows}
    assert [row["correct"] for row in study.rows] != [row["correct"] for row in finished.rows]


def test_other_images_are_refused(finished: Study, stripes: Dataset) -> None:
    other = dataclasses.replace(stripes, x_test=255 - stripes.x_test)
    with pytest.raises(StudyError, match="continues with the images that it began with"):
        run_study(finished, other)
    assert finished.state == "finished"


def test_a_judge_that_was_removed_is_trained_again(
    finished: Study, stripes: Dataset, tmp_path: Path
) -> None:
    shutil.copytree(finished.path, tmp_path / "s")
    (tmp_path / "s" / "judge.npz").unlink()
    study = run_study(open_study(tmp_path / "s"), stripes)
    assert (study.path / "judge.npz").exists()
    assert found(study) == found(finished)


@pytest.fixture(scope="session")
def all_generators(stripes: Dataset, trained_once: TrainedOnce) -> Study:
    """One seed of 50 images a class: also a VAE for each class, and a GAN."""

    def fill(path: Path) -> None:
        methods = ("vae", "class_vaes", "gan")
        run_study(tiny_study(path / "study", stripes, (50,), methods, seeds=1), stripes)

    return open_study(trained_once.folder("augmentation-generators", fill) / "study")


def test_every_generator_makes_what_was_chosen(all_generators: Study) -> None:
    choices = {each["generator"]: each for each in all_generators.choices}
    assert {name: len(each["candidates"]) for name, each in choices.items()} == {
        "vae": 6, "class_vaes": 6, "gan": 2
    }  # fmt: skip
    for row in all_generators.rows:
        assert row["synthetic"] == 100 * choices[row["method"]]["copies"]  # type: ignore[index]
        assert row["agreement"] is None  # nobody trained on all labels


def test_worker_processes_find_the_same(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    methods = ("real", "vae")
    pooled = run_study(tiny_study(tmp_path / "pooled", digits, (3,), methods, 1), digits, 1)
    assert pooled.state == "finished"
    monkeypatch.setattr("vae.augmentation.run.loads_the_same", lambda dataset: False)
    here = run_study(tiny_study(tmp_path / "here", digits, (3,), methods, 1), digits)
    assert found(pooled) == found(here)
