"""How long a study takes: more of anything takes longer, and a study's own pace counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.augmentation.made import made_rows, made_study
from vae.augmentation.durations import START_SECONDS, asked_seconds, study_seconds_left
from vae.augmentation.recipe import Recipe
from vae.data.datasets import Dataset
from vae.studies.schema import StudyState
from vae.studies.writer import write_status

ASKED = ((5,), 2, ("real", "vae"), Recipe())


def test_more_takes_longer(digits: Dataset) -> None:
    usual = asked_seconds(digits, *ASKED)
    assert usual > START_SECONDS
    assert asked_seconds(digits, (5, 10), *ASKED[1:]) > usual
    assert asked_seconds(digits, (5,), 4, *ASKED[2:]) > usual
    assert asked_seconds(digits, (5,), 2, ("real", "vae", "classical"), Recipe()) > usual
    assert asked_seconds(digits, *ASKED[:3], Recipe(copies=(4,))) < usual


def test_a_slow_machine_is_known_by_its_studies(digits: Dataset, tmp_path: Path) -> None:
    usual = asked_seconds(digits, *ASKED)
    study = made_study(tmp_path / "s", digits)
    status = study.status
    write_status(study.path, **status | {"seconds": 1e5})
    assert asked_seconds(digits, *ASKED, past=[study]) > 10 * usual


def test_what_is_left_becomes_less(digits: Dataset, tmp_path: Path) -> None:
    rows = made_rows({5: {"real": 0.5, "classical": 0.6}}, seeds=3)
    study = made_study(tmp_path / "s", digits, rows[:4], StudyState.RUNNING, seeds=3)
    rest = made_study(tmp_path / "r", digits, rows[:5], StudyState.RUNNING, seeds=3)
    for each in (study, rest):
        write_status(each.path, **each.status | {"seconds": 60.0})
    assert study_seconds_left(study) > study_seconds_left(rest) > 0.0
    done = made_study(tmp_path / "d", digits, rows)
    assert study_seconds_left(done) == pytest.approx(0.0)
