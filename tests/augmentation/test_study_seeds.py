"""How many seeds a study has: whole ones count, and one that was ended early says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from vae.augmentation.stored import FOLDER
from vae.augmentation.study import open_study
from vae.studies.layout import ROWS

STORED = FOLDER / "mnist"


def test_whole_seeds_count(tmp_path: Path) -> None:
    path = tmp_path / "study"
    shutil.copytree(STORED, path)
    whole = open_study(path).seeds_done
    rows = (path / ROWS).read_text().splitlines()
    # Without one row of the first seed.
    first = next(index for index, row in enumerate(rows) if json.loads(row)["seed"] == 0)
    (path / ROWS).write_text("".join(f"{row}\n" for row in rows[:first] + rows[first + 1 :]))
    study = open_study(path)
    assert study.seeds_done == whole - 1
    assert study.seeds_in_words == f"{whole - 1} of 10 seeds so far"


def test_a_study_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "study"
    shutil.copytree(STORED, path)
    (path / ROWS).unlink()
    assert open_study(path).seeds_in_words == "0 of 10 seeds so far"
